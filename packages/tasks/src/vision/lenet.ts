import { maxPool, type Rank, relu, reshape, type Tensor4D } from '@tensorflow/tfjs-core';
import { STREAM } from '../random.ts';
import { convolutionsOf, convolve } from './convolution.ts';
import type { Network } from './network.ts';
import { createDense, dense } from './perceptron.ts';

/** Side and channels of what the convolutions leave of a picture. */
const REST = 7 * 7 * 20;
/** Number of features. */
const WIDTH = 50;

/**
 * LeNet as multi-task learning uses it (Sener, Koltun, NeurIPS 2018, arXiv 1810.04650): two convolutions
 * 5 × 5 with 10 and 20 channels, each followed by ReLU and a pool of 2 × 2, and a layer of 50 features with
 * ReLU. The convolutions have zero padding: 54,330 parameters.
 */
export function createLenet(owner: string, seed: number): Network {
  const convolution = convolutionsOf(owner, seed);
  const layers = [convolution('convolution1', 5, 1, 10), convolution('convolution2', 5, 10, 20)];
  const top = createDense(`${owner}/features`, REST, WIDTH, seed, STREAM.weights, layers.length);
  return {
    variables: [...layers.flatMap(({ kernel, bias }) => [kernel, bias]), top.kernel, top.bias],
    width: WIDTH,
    features: (pictures) => {
      const found = layers.reduce<Tensor4D>(
        (x, layer) => maxPool(relu(convolve(layer, x)), 2, 2, 'valid'),
        pictures,
      );
      return relu(dense(top, reshape<Rank.R2>(found, [found.shape[0], REST])));
    },
  };
}
