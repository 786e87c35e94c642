import type { Certificate, ElementStep } from '../combiner.ts';

export interface VectorCombination {
  readonly direction: readonly number[];
  /**
   * Over the rows present, then the remembered rows: direction = Σ coefficient · row. Empty for element-wise
   * combiners.
   */
  readonly coefficients: readonly number[];
  readonly certificate?: Certificate;
}

/**
 * From the weighted rows present and their weights, and what is known before and after the step. Changes its
 * state last of all.
 */
export type Combine = (
  gradients: readonly (readonly number[])[],
  before: ElementStep,
  after: ElementStep | undefined,
  weights: readonly number[],
) => VectorCombination;
