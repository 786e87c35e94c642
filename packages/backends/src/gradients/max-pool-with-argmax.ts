import {
  type GradConfig,
  MaxPoolWithArgmax,
  maxPool,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { type Gradient, gradientsWithin } from './gradient.ts';

interface Attributes {
  readonly filterSize: [number, number];
  readonly strides: [number, number];
  readonly pad: 'valid' | 'same' | number;
}

/**
 * The gradient of the same pooling without indices, because indices have no gradient. There is no stock
 * gradient.
 */
export const maxPoolWithArgmax: Gradient = (): GradConfig => ({
  kernelName: MaxPoolWithArgmax,
  inputsToSave: ['x'],
  gradFunc: (dys, [x], attrs) => ({
    x: () => {
      const { filterSize, strides, pad } = attrs as unknown as Attributes;
      const [dy] = dys as Tensor[];
      return gradientsWithin((x) => maxPool(x as Tensor4D, filterSize, strides, pad), [x!], dy!)[0]!;
    },
  }),
});
