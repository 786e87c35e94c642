import { Cast, type DataType, Fill, Identity, NotEqual, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Correction, correction, scoped } from '../kernel.ts';

/**
 * A bool is 0 or 1. The stock kernel copies the low byte of the number: 0.5 and 256 become false, 2.7 becomes
 * 2. If the type stays the same, as in the gradient of every product, the stock kernel copies the tensor.
 */
export const cast: Correction = correction<{ x: TensorInfo }, { dtype: DataType }>(
  Cast,
  (stock) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    if (attrs.dtype === x.dtype) return scoped(backend, (run) => run(Identity, { x }));
    if (attrs.dtype !== 'bool') return stock(call);
    return scoped(backend, (run) => {
      const zero = run(Fill, {}, { shape: [], value: 0, dtype: x.dtype });
      return run(NotEqual, { a: x, b: zero });
    });
  },
);
