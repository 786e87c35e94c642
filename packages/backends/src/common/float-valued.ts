import {
  Acos,
  Acosh,
  Asin,
  Asinh,
  Atan,
  Atanh,
  Cast,
  Expm1,
  Log1p,
  Selu,
  Sinh,
  Softplus,
} from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, run } from './kernel.ts';

/**
 * Functions whose values are not whole numbers, whatever their input is: `tf.exp` of an int32 tensor is a
 * float32 tensor. The stock kernels truncate the values to int32, or write floats where integers are read.
 */
export const floatValued: readonly Correction[] = corrections<object>(
  [Acos, Acosh, Asin, Asinh, Atan, Atanh, Expm1, Log1p, Selu, Sinh, Softplus],
  (stock, _kernelName, backendName) => (call) => {
    const x = call.inputs.x!;
    if (x.dtype === 'float32') return stock(call);
    const floats = run(Cast, { x }, { dtype: 'float32' }, backendName, call.backend);
    try {
      return stock({ ...call, inputs: { x: floats } });
    } finally {
      call.backend.disposeData(floats.dataId);
    }
  },
);
