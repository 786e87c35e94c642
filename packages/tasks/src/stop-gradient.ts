import { customGrad, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The result of a computation as a constant, through which no gradient flows. Operations inside a custom
 * gradient are not recorded, and this custom gradient passes nothing on.
 */
export function stopGradient<T extends Tensor>(compute: () => T): T {
  return customGrad<T>(() => ({ value: compute(), gradFunc: () => [] }))();
}
