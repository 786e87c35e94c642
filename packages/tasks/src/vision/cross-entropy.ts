import { logSoftmax, mul, type Scalar, sum, type Tensor2D } from '@tensorflow/tfjs-core';

/** Mean over the examples, in nats. Both arguments are [examples, classes], and the labels one-hot. */
export function crossEntropy(logits: Tensor2D, labels: Tensor2D): Scalar {
  return mul(-1 / labels.shape[0], sum<Scalar>(mul(labels, logSoftmax(logits))));
}
