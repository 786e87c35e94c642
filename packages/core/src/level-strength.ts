import * as v from 'valibot';
import type { Setup } from './combiner.ts';
import { finiteNumber } from './option-schemas.ts';

/** The strength of each level after the first, >= 0: one number for all, or one per level after the first. */
export type LevelStrength = number | readonly number[];

const strength = v.pipe(finiteNumber, v.minValue(0));

/** Options schema of such a strength, which methods take as `lambda`. */
export const levelStrength: v.GenericSchema<LevelStrength> = v.union(
  [strength, v.array(strength)],
  'Give a number >= 0, or a list of one such number per level after the first',
);

/** The strength of a level. It is 1 for the first level. */
export function strengthOf(lambda: LevelStrength, level: number): number {
  if (level === 0) return 1;
  return typeof lambda === 'number' ? lambda : lambda[level - 1]!;
}

/**
 * Throws if a list does not have one number per level after the first. The error names the method `owner` and
 * its option.
 */
export function checkStrength(
  owner: string,
  strength: LevelStrength,
  { levels }: Setup,
  option = 'lambda',
): void {
  if (typeof strength === 'number' || strength.length === levels - 1) return;
  throw new Error(
    `${owner}: ${option} has ${strength.length} numbers, but the objectives have ${levels} levels of priority. ` +
      `Give ${levels - 1}, one per level after the first, or a single number for all.`,
  );
}
