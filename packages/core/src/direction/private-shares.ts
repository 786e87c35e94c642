import type { GradientRow } from '../combiner.ts';

/**
 * Coefficients of the direction where the combiner does not see a variable: each gradient's mean over the
 * batches.
 */
export function privateShares(rows: readonly GradientRow[]): readonly number[] {
  return rows.map((row) => 1 / rows.filter(({ objective }) => objective === row.objective).length);
}
