import type * as tf from '@tensorflow/tfjs-core';
import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import { tidied } from '../tidied.ts';

/** One backward pass per row: the gradients of the weighted losses. The caller owns the tensors. */
export function backwardPasses({ losses, weights, tape }: Forward): readonly Row[] {
  return tidied(() => losses.map((loss, index) => tape.backward([[loss, weights[index]!]])));
}

/** The gradient of Σ coefficient · weight · loss, in one backward pass. The caller owns the tensors. */
export function weightedPass(
  { losses, weights, tape }: Forward,
  coefficients: readonly number[],
): (tf.Tensor | null)[] {
  return tape.backward(
    losses.flatMap((loss, index) =>
      coefficients[index] === 0 ? [] : [[loss, coefficients[index]! * weights[index]!]],
    ),
  );
}
