import * as z from 'zod/mini';
import type { Setup } from './combiner.ts';

/**
 * How strongly each level after the first counts, >= 0: one number for all, or one per level after the first.
 */
export type LevelStrength = number | readonly number[];

const strength = z.number().check(z.nonnegative());

/** Options schema of methods that take one, as `lambda`. */
export const levelStrength: z.ZodMiniType<LevelStrength> = z.union([strength, z.array(strength)], {
  error: 'Give a number >= 0, or a list of one such number per level after the first',
});

/** 1 for the first level. */
export function strengthOf(lambda: LevelStrength, level: number): number {
  if (level === 0) return 1;
  return typeof lambda === 'number' ? lambda : lambda[level - 1]!;
}

/** Throws if a list does not fit the number of levels; `owner` is the method it was given to. */
export function checkStrength(owner: string, lambda: LevelStrength, { levels }: Setup): void {
  if (typeof lambda === 'number' || lambda.length === levels - 1) return;
  throw new Error(
    `${owner}: lambda has ${lambda.length} numbers, but the objectives have ${levels} levels of priority. ` +
      `Give ${levels - 1}, one per level after the first, or a single number for all.`,
  );
}
