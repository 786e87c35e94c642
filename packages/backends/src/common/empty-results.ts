import { Concat, GatherNd } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, filled } from './kernel.ts';

/** Values are typed arrays, where there are none too. Of nothing, the stock kernels answer with an ordinary array. */
export const emptyResults: readonly Correction[] = corrections<object>(
  [Concat, GatherNd],
  (stock) => (call) => {
    const result = stock(call);
    if (!result.shape.includes(0) || result.dtype === 'string') return result;
    call.backend.disposeData(result.dataId);
    return filled(result.shape, result.dtype, 0, call.backend);
  },
);
