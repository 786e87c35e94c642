import {
  Cast,
  type KernelBackend,
  type KernelFunc,
  MaxPoolWithArgmax,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { run } from '../common/kernel.ts';
import type { Correction } from '../corrections.ts';

/** Indices are whole numbers, but the stock kernel answers with floats. */
export const maxPoolWithArgmax: readonly Correction[] = [
  {
    kernelName: MaxPoolWithArgmax,
    create:
      (stock, backendName): KernelFunc =>
      (call) => {
        const [result, x] = stock(call) as [TensorInfo, TensorInfo];
        const backend = call.backend as KernelBackend;
        const places = run(Cast, { x }, { dtype: 'int32' }, backendName, backend);
        backend.disposeData(x.dataId);
        return [result, places];
      },
  },
];
