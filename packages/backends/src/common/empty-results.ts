import { Concat, GatherNd } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections, filled } from './kernel.ts';

/**
 * The values of a tensor are a typed array, even if it has no elements. For such results the stock kernels
 * answer with an ordinary array.
 */
export const emptyResults: readonly Correction[] = corrections<object>(
  [Concat, GatherNd],
  (stock) => (call) => {
    const result = stock(call);
    if (!result.shape.includes(0) || result.dtype === 'string') return result;
    call.backend.disposeData(result.dataId);
    return filled(result.shape, result.dtype, 0, call.backend);
  },
);
