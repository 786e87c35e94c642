import { logSoftmax, mul, type Scalar, sum, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Mean cross-entropy over the examples, in nats. Both arguments are [examples, classes]. The labels are
 * one-hot.
 */
export function crossEntropy(logits: Tensor2D, labels: Tensor2D): Scalar {
  return mul(-1 / labels.shape[0], sum<Scalar>(mul(labels, logSoftmax(logits))));
}

/** The cross-entropy of each example, [examples]. */
export function crossEntropies(logits: Tensor2D, labels: Tensor2D): Tensor1D {
  return mul(-1, sum<Tensor1D>(mul(labels, logSoftmax(logits)), 1));
}
