import { type TensorInfo, UnsortedSegmentSum, util } from '@tensorflow/tfjs-core';
import { type Correction, correction, floatsOf } from '../kernel.ts';
import { functionsOf } from '../modules/functions.ts';

interface Inputs {
  /** [rows, …] */
  readonly x: TensorInfo;
  /**
   * [rows], int32: the output row that each row is added to. Ids outside of [0, numSegments) are left out.
   */
  readonly segmentIds: TensorInfo;
}

/** The gradient of `gather`, and so of every embedding. The stock backend has no such kernel. */
export const unsortedSegmentSum: Correction = correction<Inputs, { readonly numSegments: number }>(
  UnsortedSegmentSum,
  () => (call) => {
    const { inputs, attrs, backend } = call;
    const { x, segmentIds } = inputs;
    const row = x.shape.slice(1);
    const output = backend.makeOutput([attrs.numSegments, ...row], x.dtype);
    const values = floatsOf(x, backend);
    const sums = floatsOf(output, backend).fill(0);
    const size = util.sizeFromShape(row);
    const functions = functionsOf(backend);
    floatsOf(segmentIds, backend).forEach((id, index) => {
      if (id < 0 || id >= attrs.numSegments) return;
      if (x.dtype === 'float32')
        functions.addRuns(
          values.byteOffset + 4 * index * size,
          0,
          sums.byteOffset + 4 * id * size,
          0,
          1,
          size,
        );
      else
        for (let from = index * size, to = id * size; from < (index + 1) * size; )
          sums[to++]! += values[from++]!;
    });
    return output;
  },
);
