import { type Estimate, meanEstimate } from './bootstrap.ts';
import { holm, signFlipTest } from './paired-test.ts';

/** The difference between two methods, seed by seed. */
export interface PairedDifference {
  /** The mean over the seeds; null if it is not known. */
  readonly difference: Estimate | null;
  /** p of the sign-flip test of the differences. Null if they are not known or there is a single seed. */
  readonly p: number | null;
}

/** The mean and p of differences. Null stands for unknown differences. */
export function pairedDifference(differences: readonly number[] | null): PairedDifference {
  if (differences === null) return { difference: null, p: null };
  return { difference: meanEstimate(differences), p: signFlipTest(differences) };
}

/** Adds Holm's correction over all of these that have a p. */
export function corrected<Tested extends PairedDifference>(
  tested: readonly Tested[],
): readonly (Tested & { readonly corrected: number | null })[] {
  const values = holm(tested.flatMap(({ p }) => p ?? []))[Symbol.iterator]();
  return tested.map((one) => ({ ...one, corrected: one.p === null ? null : values.next().value! }));
}
