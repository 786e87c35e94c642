import type * as tf from '@tensorflow/tfjs-core';
import { unit } from '../coefficients.ts';
import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import type { WeightedSum } from '../tape/tape.ts';

/** One backward pass per row: the gradients of the weighted losses. The caller owns the tensors. */
export function backwardPasses(forward: Forward): readonly Row[] {
  return forward.tape.passes(rowSums(forward));
}

/** The weighted loss of each row. */
export function rowSums(forward: Forward): readonly WeightedSum[] {
  const { length } = forward.rows;
  return forward.rows.map((_, row) => weightedSum(forward, unit(length, row)));
}

/** The gradient of Σ coefficient · weight · loss, in one backward pass. The caller owns the tensors. */
export function weightedPass(forward: Forward, coefficients: readonly number[]): (tf.Tensor | null)[] {
  return forward.tape.backward(weightedSum(forward, coefficients));
}

/** Σ coefficient · weight · loss, without the losses whose coefficients are all zero. */
function weightedSum({ losses, weights }: Forward, coefficients: readonly number[]): WeightedSum {
  let end = 0;
  return losses.flatMap((loss) => {
    const start = end;
    end += loss.size;
    const own = coefficients.slice(start, end);
    if (own.every((coefficient) => coefficient === 0)) return [];
    return [[loss, own.map((coefficient, index) => coefficient * weights[start + index]!)] as const];
  });
}
