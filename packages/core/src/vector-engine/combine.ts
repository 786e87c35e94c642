import type { Certificate, ElementStep } from '../combiner.ts';

export interface VectorCombination {
  readonly direction: readonly number[];
  /**
   * Coefficients over the rows present and then the remembered rows: direction = Σ coefficient · row. Empty
   * for element-wise combiners.
   */
  readonly coefficients: readonly number[];
  readonly certificate?: Certificate;
}

/**
 * Computes the answer from the weighted rows present, their weights, and the facts known before and after the
 * step. Its state changes last of all, so an error changes nothing.
 */
export type Combine = (
  gradients: readonly (readonly number[])[],
  before: ElementStep,
  after: ElementStep | undefined,
  weights: readonly number[],
) => VectorCombination;
