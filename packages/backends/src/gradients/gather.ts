import {
  add,
  expandDims,
  mul,
  range,
  reshape,
  scalar,
  type Tensor,
  type Tensor1D,
  transpose,
  unsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import type { Gradient } from './gradient.ts';

interface Attributes {
  readonly axis: number;
  readonly batchDims: number;
}

/**
 * The gradient with batch dimensions. It handles all batches at once, each with its own rows. The stock
 * gradient handles one batch after the other, and at most one batch dimension.
 */
export const gather: Gradient = (stock) => ({
  ...stock!,
  gradFunc: (dy, saved, attrs) => {
    const { axis, batchDims } = attrs as unknown as Attributes;
    if (batchDims === 0) return stock!.gradFunc(dy, saved, attrs);
    const [x, indices] = saved as [Tensor, Tensor];
    return {
      x: () => gradientOf(dy as Tensor, x, indices, util.parseAxisParam(axis, x.shape)[0]!, batchDims),
      indices: () => indices,
    };
  },
});

function gradientOf(dy: Tensor, { shape }: Tensor, indices: Tensor, axis: number, batchDims: number): Tensor {
  const size = (lengths: readonly number[]): number =>
    lengths.reduce((product, length) => product * length, 1);
  const batch = size(shape.slice(0, batchDims));
  const outer = size(shape.slice(batchDims, axis));
  const rows = shape[axis]!;
  const inner = size(shape.slice(axis + 1));
  const count = indices.size / batch;
  const first = expandDims(mul(range(0, batch, 1, 'int32'), scalar(rows, 'int32')), 1);
  const places = reshape(add(reshape(indices, [batch, count]), first), [batch * count]) as Tensor1D;
  const upstream = transpose(reshape(dy, [batch, outer, count, inner]), [0, 2, 1, 3]);
  const sums = unsortedSegmentSum(reshape(upstream, [batch * count, outer * inner]), places, batch * rows);
  return reshape(transpose(reshape(sums, [batch, rows, outer, inner]), [0, 2, 1, 3]), shape);
}
