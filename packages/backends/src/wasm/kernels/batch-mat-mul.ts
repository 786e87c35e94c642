import { BatchMatMul, broadcast_util, Fill, util } from '@tensorflow/tfjs-core';
import { type Mending, mending, scoped } from '../kernel.ts';
import { type MatMulAttributes, type MatMulInputs, withStraightOperands } from './straight-operands.ts';

/**
 * A matrix product whose transposed operands are transposed first. The stock kernel walks them element by element,
 * without SIMD, and takes 10 to 13 times as long; both products of a dense layer's backward pass are of that kind.
 */
export const batchMatMul: Mending = mending<MatMulInputs, MatMulAttributes>(
  BatchMatMul,
  (stock) => (call) => {
    const { inputs, attrs, backend } = call;
    const { a, b } = inputs;
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return stock(call);
    const inner = a.shape.at(attrs.transposeA ? -2 : -1)!;
    const matches = inner === b.shape.at(attrs.transposeB ? -1 : -2);
    if (matches && (util.sizeFromShape(a.shape) === 0 || util.sizeFromShape(b.shape) === 0)) {
      // XNNPACK refuses empty operands, and the output stays as it was allocated: an empty sum is zero.
      const shape = [
        ...broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)),
        a.shape.at(attrs.transposeA ? -1 : -2)!,
        b.shape.at(attrs.transposeB ? -2 : -1)!,
      ];
      return scoped(backend, (run) => run(Fill, {}, { shape, value: 0, dtype: 'float32' }));
    }
    return withStraightOperands(call, stock);
  },
);
