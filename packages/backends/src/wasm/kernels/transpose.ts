import { type TensorInfo, Transpose } from '@tensorflow/tfjs-core';
import { type Mending, mending, viewed } from '../kernel.ts';

/** Elements of a cache line of 64 bytes. */
const LINE = 16;

/**
 * A matrix is transposed in two passes, each of which touches whole cache lines: inside strips of 16 rows, then strip
 * by strip. The stock kernel writes down the columns; when their stride is a multiple of a large power of two (a batch
 * of 256) they all fall into a few cache sets, and it takes 5 to 10 times as long.
 */
export const transpose: Mending = mending<{ x: TensorInfo }, { perm: readonly number[] }>(
  Transpose,
  (stock) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    const rank = x.shape.length;
    if (!swapsLastTwo(attrs.perm)) return stock(call);
    const rows = x.shape[rank - 2]!;
    const columns = x.shape[rank - 1]!;
    if (rows % 64 !== 0 || columns < 32) return stock(call);
    const batch = x.shape.slice(0, -2).reduce((product, size) => product * size, 1);

    const strips = batch * (rows / LINE);
    const inside = stock({
      inputs: { x: viewed(x, [strips, LINE, columns]) },
      attrs: { perm: [0, 2, 1] },
      backend,
    });
    const output = stock({
      inputs: { x: viewed(inside, [batch, rows / LINE, columns, LINE]) },
      attrs: { perm: [0, 2, 1, 3] },
      backend,
    });
    backend.disposeData(inside.dataId);
    return viewed(output, [...x.shape.slice(0, -2), columns, rows]);
  },
);

function swapsLastTwo(perm: readonly number[]): boolean {
  const last = perm.length - 1;
  return last >= 1 && perm.every((from, to) => from === (to < last - 1 ? to : to === last ? last - 1 : last));
}
