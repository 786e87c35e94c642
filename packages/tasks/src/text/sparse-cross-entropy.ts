import {
  cast,
  customGrad,
  div,
  exp,
  log,
  max,
  mean,
  mul,
  oneHot,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { stopGradient } from '../stop-gradient.ts';

/**
 * Mean cross-entropy in nats. `logits` is [rows, classes], and `right` holds the right class of each row,
 * [rows], int32.
 *
 *   mean of log Σ exp z − z[right]          dz = (softmax z − one-hot right) / rows
 */
export function sparseCrossEntropy(logits: Tensor2D, right: Tensor1D): Scalar {
  const [rows, classes] = logits.shape;
  // Nothing overflows. Numbers that underflow do not count beside the largest.
  const below = stopGradient(() => sub<Tensor2D>(logits, max(logits, 1, true)));
  const powers = stopGradient(() => exp(below));
  const total = stopGradient(() => sum<Tensor2D>(powers, 1, true));
  // On wasm, one-hot tensors of type float32 hold the bits of integers.
  const ones = cast(oneHot(right, classes), 'float32');
  return customGrad<Scalar>((...given) => {
    const save = given[1] as unknown as (saved: Tensor[]) => void;
    save([powers, total, ones]);
    return {
      value: sub<Scalar>(mean(log(total)), mul(sum(mul(below, ones)), 1 / rows)),
      gradFunc: (dy: Scalar, saved: Tensor[]) => {
        const [powers, total, ones] = saved as [Tensor, Tensor, Tensor];
        return mul(sub(div(powers, total), ones), mul(dy, 1 / rows));
      },
    };
  })(logits);
}
