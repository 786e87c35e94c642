import { _FusedMatMul, type TensorInfo } from '@tensorflow/tfjs-core';
import { corrections, filled } from '../../common/kernel.ts';
import type { Correction } from '../../corrections.ts';

interface Attributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * A product with inner length zero is zero, before its bias and its activation. This correction computes it
 * as a product of zeros with inner length one. The stock kernel binds an empty buffer, which the device
 * refuses.
 */
export const emptyProducts: readonly Correction[] = corrections<Attributes>(
  [_FusedMatMul],
  (stock) => (call) => {
    const { a, b } = call.inputs as { readonly a: TensorInfo; readonly b: TensorInfo };
    const { transposeA, transposeB } = call.attrs;
    const [innerOfA, innerOfB] = [transposeA ? -2 : -1, transposeB ? -1 : -2];
    if (a.shape.at(innerOfA) !== 0 || b.shape.at(innerOfB) !== 0) return stock(call);
    const zeros = ({ shape }: TensorInfo, inner: number): TensorInfo =>
      filled(shape.with(inner, 1), 'float32', 0, call.backend);
    const operands = { a: zeros(a, innerOfA), b: zeros(b, innerOfB) };
    try {
      return stock({ ...call, inputs: { ...call.inputs, ...operands } });
    } finally {
      for (const { dataId } of Object.values(operands)) call.backend.disposeData(dataId);
    }
  },
);
