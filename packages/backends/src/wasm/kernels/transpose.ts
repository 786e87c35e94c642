import { Identity, type TensorInfo, Transpose, util } from '@tensorflow/tfjs-core';
import { type Correction, correction, scoped, viewed } from '../kernel.ts';
import { addressOf } from '../modules/heap.ts';
import { copyStrided, stepsOf } from '../strided.ts';

/**
 * The stock kernel writes element by element. Beyond four axes it divides to find each position. It takes 5
 * to 100 times as long. If the order of the elements does not change, the stock kernel copies them, while
 * this one copies nothing, as for a reshape.
 */
export const transpose: Correction = correction<{ x: TensorInfo }, { perm: readonly number[] }>(
  Transpose,
  (stock) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    const { perm } = attrs;
    const shape = perm.map((axis) => x.shape[axis]!);
    // In this case the stock kernel divides by zero.
    if (util.sizeFromShape(shape) === 0) return backend.makeOutput(shape, x.dtype);
    if (x.dtype !== 'float32' && x.dtype !== 'int32') return stock(call);
    const moved = perm.filter((axis) => x.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > moved[i - 1]!))
      return scoped(backend, (run) => viewed(run(Identity, { x }), shape));
    const output = backend.makeOutput(shape, x.dtype);
    const from = stepsOf(x.shape);
    const to = stepsOf(shape);
    copyStrided(
      addressOf(backend, x),
      addressOf(backend, output),
      perm.map((axis, i) => ({ size: shape[i]!, from: from[axis]!, to: to[i]! })),
      backend,
    );
    return output;
  },
);
