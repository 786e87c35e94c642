import { DenseBincount } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

/**
 * With `binaryOutput` and a vector, the stock kernels of cpu and WebGL count instead of recording which
 * numbers occur. For a matrix with one row they are right.
 */
export const denseBincount: readonly Correction[] = corrections<{ readonly size: number }>(
  [DenseBincount],
  (stock) => (call) => {
    const x = call.inputs.x!;
    const weights = call.inputs.weights!;
    if (x.shape.length !== 1) return stock(call);
    // Weights without elements stand for weights of one.
    const shape = weights.shape.includes(0) ? weights.shape : [1, ...weights.shape];
    const inputs = { x: { ...x, shape: [1, ...x.shape] }, weights: { ...weights, shape } };
    const counts = stock({ ...call, inputs });
    return { ...counts, shape: [call.attrs.size] };
  },
);
