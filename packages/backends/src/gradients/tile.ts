import { reshape, sum, type Tensor, Tile } from '@tensorflow/tfjs-core';
import { type Gradient, gradient } from './gradient.ts';

/**
 * Sums over all repetitions, one axis after the other. The stock gradient runs one or two kernels for each
 * repetition, and refuses tensors with five dimensions.
 */
export const tile: Gradient = gradient<{ readonly reps: readonly number[] }>(
  Tile,
  ['x'],
  (dy, [x], { reps }) => ({
    x: () => {
      let result: Tensor = dy;
      const { shape } = x!;
      for (const [axis, times] of reps.entries()) {
        if (times === 1) continue;
        const before = result.shape.slice(0, axis);
        const after = result.shape.slice(axis + 1);
        const size = (lengths: readonly number[]): number => lengths.reduce((a, b) => a * b, 1);
        const split = reshape(result, [size(before), times, shape[axis]! * size(after)]);
        result = reshape(sum(split, 1), [...before, shape[axis]!, ...after]);
      }
      return result;
    },
  }),
);
