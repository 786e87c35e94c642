import type { Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';

/** The part of a classifier of pictures below its heads. */
export interface Network {
  readonly variables: readonly Variable[];
  /** Number of features of a picture. */
  readonly width: number;
  /** Pictures [examples, 28, 28, 1] to [examples, width]. Nothing in it looks from one example at another. */
  features(pictures: Tensor4D): Tensor2D;
}
