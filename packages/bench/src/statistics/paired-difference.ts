import { bootstrap, type Estimate, meanOf } from './bootstrap.ts';
import { holm, signFlipTest } from './paired-test.ts';

/** How much a method differs from another, seed by seed. */
export interface PairedDifference {
  /** The mean over the seeds; null where it is not known. */
  readonly difference: Estimate | null;
  /** Of the sign-flip test of the differences; null like that, and with a single seed. */
  readonly p: number | null;
}

/** Null instead of differences: they are not known. */
export function pairedDifference(differences: readonly number[] | null): PairedDifference {
  if (differences === null) return { difference: null, p: null };
  return {
    difference: { value: meanOf(differences), interval: bootstrap(differences, meanOf) },
    p: signFlipTest(differences),
  };
}

/** p after Holm's correction for all of these that have one. */
export function corrected<Tested extends PairedDifference>(
  tested: readonly Tested[],
): readonly (Tested & { readonly corrected: number | null })[] {
  const values = holm(tested.flatMap(({ p }) => p ?? []))[Symbol.iterator]();
  return tested.map((one) => ({ ...one, corrected: one.p === null ? null : values.next().value! }));
}
