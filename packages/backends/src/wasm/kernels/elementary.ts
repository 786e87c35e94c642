import { Erf, Exp, Tanh, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Correction, correction } from '../kernel.ts';
import { functionsOf } from '../modules/functions.ts';
import { addressOf } from '../modules/heap.ts';

/**
 * Computes four elements at a time. The stock kernels compute one after the other, and take up to five times
 * as long.
 */
export const elementary: readonly Correction[] = (
  [
    [Erf, 'erf'],
    [Exp, 'exp'],
    [Tanh, 'tanh'],
  ] as const
).map(([kernelName, name]) =>
  correction<{ x: TensorInfo }, object>(kernelName, (stock) => (call) => {
    const { inputs, backend } = call;
    const { x } = inputs;
    if (x.dtype !== 'float32') return stock(call);
    const output = backend.makeOutput(x.shape, 'float32');
    const to = addressOf(backend, output);
    functionsOf(backend)[name](addressOf(backend, x), to, util.sizeFromShape(x.shape));
    return output;
  }),
);
