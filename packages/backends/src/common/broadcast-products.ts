import { BatchMatMul, broadcast_util, type TensorInfo, Tile, util } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, filled, run } from './kernel.ts';

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * Corrects products of batches of matrices where both operands are broadcast, or one of them along an axis
 * that is not the first. The stock kernels walk through the smaller batch again and again, whatever its
 * shape, and so multiply the wrong matrices. This correction first repeats the smaller batch.
 */
export const broadcastProducts: readonly Correction[] = corrections<Attributes>(
  [BatchMatMul],
  (stock, _kernelName, backendName) => (call) => {
    const { inputs, attrs, backend } = call;
    const { a, b } = inputs as { readonly a: TensorInfo; readonly b: TensorInfo };
    const { transposeA, transposeB } = attrs;
    const batch = broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const inner = a.shape.at(transposeA ? -2 : -1);
    // If the shapes do not fit, the stock kernel throws an error that says so.
    const fits = inner === b.shape.at(transposeB ? -1 : -2);
    if (fits && (batch.includes(0) || inner === 0)) {
      return filled(
        [...batch, a.shape.at(transposeA ? -1 : -2)!, b.shape.at(transposeB ? -2 : -1)!],
        a.dtype,
        0,
        backend,
      );
    }
    const made: TensorInfo[] = [];
    const repeated = (operand: TensorInfo): TensorInfo => {
      const own = operand.shape.slice(0, -2);
      if (util.sizeFromShape(own) === 1 || isEnd(own, batch)) return operand;
      const matrix = operand.shape.slice(-2);
      const padded = [...batch.slice(own.length).map(() => 1), ...own];
      const reps = [...batch.map((length, axis) => length / padded[axis]!), 1, 1];
      const tile = run(
        Tile,
        { x: { ...operand, shape: [...padded, ...matrix] } },
        { reps },
        backendName,
        backend,
      );
      made.push(tile);
      return tile;
    };
    try {
      return stock({ ...call, inputs: { ...inputs, a: repeated(a), b: repeated(b) } });
    } finally {
      for (const { dataId } of made) backend.disposeData(dataId);
    }
  },
);

/** Whether `own` equals the last axes of `batch`. */
function isEnd(own: readonly number[], batch: readonly number[]): boolean {
  return util.arraysEqual([...own], batch.slice(batch.length - own.length));
}
