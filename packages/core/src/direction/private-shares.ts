import type { GradientRow } from '../combiner.ts';

/**
 * Coefficients of the direction for a variable that the combiner does not see: each objective's mean gradient
 * over the batches.
 */
export function privateShares(rows: readonly GradientRow[]): readonly number[] {
  return rows.map((row) => 1 / rows.filter(({ objective }) => objective === row.objective).length);
}
