import { logSoftmax, mul, type Scalar, sum, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Mean cross-entropy over the examples, in nats. Both arguments are [examples, classes]. The labels are
 * one-hot.
 */
export function crossEntropy(logits: Tensor2D, labels: Tensor2D): Scalar {
  return mul(-1 / labels.shape[0], sum<Scalar>(mul(labels, logSoftmax(logits))));
}
