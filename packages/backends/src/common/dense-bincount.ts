import { DenseBincount } from '@tensorflow/tfjs-core';
import type { Correction } from '../corrections.ts';
import { corrections } from './kernel.ts';

/** Of a vector, the stock kernels of cpu and WebGL count where they are asked what there is. Of a matrix of one row they do not. */
export const denseBincount: readonly Correction[] = corrections<{ readonly size: number }>(
  [DenseBincount],
  (stock) => (call) => {
    const x = call.inputs.x!;
    const weights = call.inputs.weights!;
    if (x.shape.length !== 1) return stock(call);
    // Weights without elements stand for ones.
    const shape = weights.shape.includes(0) ? weights.shape : [1, ...weights.shape];
    const inputs = { x: { ...x, shape: [1, ...x.shape] }, weights: { ...weights, shape } };
    const counts = stock({ ...call, inputs });
    return { ...counts, shape: [call.attrs.size] };
  },
);
