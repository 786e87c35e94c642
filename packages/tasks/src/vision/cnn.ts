import { mean, relu, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { convolutionsOf, convolve } from './convolution.ts';
import type { Network } from './network.ts';

/**
 * Three convolutions 3 × 3 with ReLU (16, 32 and 64 channels; strides 1, 2, 2), then the mean over the
 * remaining pixels: 23,296 parameters.
 */
export function createCnn(owner: string, seed: number): Network {
  const convolution = convolutionsOf(owner, seed);
  const layers = [
    convolution('convolution1', 3, 1, 16),
    convolution('convolution2', 3, 16, 32, 2),
    convolution('convolution3', 3, 32, 64, 2),
  ];
  return {
    variables: layers.flatMap(({ kernel, bias }) => [kernel, bias]),
    width: 64,
    features: (pictures) => {
      const top = layers.reduce<Tensor4D>((x, layer) => relu(convolve(layer, x)), pictures);
      return mean<Tensor2D>(top, [1, 2]);
    },
  };
}
