import { customGrad, type Tensor } from '@tensorflow/tfjs-core';

/** What is computed inside a custom gradient is not recorded, and this one has no inputs to pass a gradient on to. */
export function stopGradient<T extends Tensor>(compute: () => T): T {
  return customGrad<T>(() => ({ value: compute(), gradFunc: () => [] }))();
}
