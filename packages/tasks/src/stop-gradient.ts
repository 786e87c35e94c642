import { customGrad, type Tensor } from '@tensorflow/tfjs-core';

/**
 * The result of a computation as a constant: operations inside a custom gradient are not recorded, and this
 * one passes no gradient on.
 */
export function stopGradient<T extends Tensor>(compute: () => T): T {
  return customGrad<T>(() => ({ value: compute(), gradFunc: () => [] }))();
}
