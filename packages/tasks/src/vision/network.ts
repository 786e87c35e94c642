import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';

/** The part of a picture classifier below its heads. */
export interface Network {
  readonly variables: readonly Variable[];
  /** Number of features per picture. */
  readonly width: number;
  /**
   * From pictures [examples, 28, 28, 1] to features [examples, width]. No example affects the features of
   * another.
   */
  features(pictures: Tensor4D): Tensor2D;
}
