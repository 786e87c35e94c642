import { finiteNumber, type Setup } from '@scalpel/core';
import * as v from 'valibot';
import { numbersOf } from './per-objective.ts';

/** The weight of each objective, >= 0: one number per objective, in the order in which they were given. */
export type Preference = readonly number[];

export const preferenceSchema: v.GenericSchema<Preference> = v.array(v.pipe(finiteNumber, v.minValue(0)));

/** A preference in whose proportion something is shared out, so that none of its numbers may be 0. */
export const positivePreferenceSchema: v.GenericSchema<Preference> = v.array(
  v.pipe(finiteNumber, v.gtValue(0)),
);

/** Throws if a preference does not have one number per objective. The error names the method `owner`. */
export function checkPreference(owner: string, preference: Preference | undefined, { rows }: Setup): void {
  if (preference === undefined || preference.length === rows.length) return;
  throw new Error(
    `${owner}: preference has ${preference.length} numbers for ${rows.length} objectives. ` +
      'Give one per objective, in their order, or leave it out: then all of them count the same.',
  );
}

/** The preference of the objectives present, without normalisation. By default 1 for each. */
export function presentOf(
  preference: Preference | undefined,
  step: { readonly setup: Setup; readonly rows: Setup['rows'] },
): number[] {
  return numbersOf(preference ?? 1, step);
}

/**
 * The preference of the objectives present, without normalisation. By default 1/K for each of the K present.
 */
export function preferenceOf(
  preference: Preference | undefined,
  { setup, rows }: { readonly setup: Setup; readonly rows: Setup['rows'] },
): number[] {
  if (preference === undefined) return rows.map(() => 1 / rows.length);
  return numbersOf(preference, { setup, rows });
}
