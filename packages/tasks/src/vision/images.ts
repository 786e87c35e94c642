import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { LabelledImages } from '../datasets/mnist.ts';

/**
 * Mean and standard deviation of all pixels of a data set's training images, in units of the full brightness
 * 255.
 */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

export const mnistScale: Scale = { mean: 0.1307, deviation: 0.3081 };
export const fashionMnistScale: Scale = { mean: 0.2861, deviation: 0.3529 };

/** The normalised pixel for each of the 256 bytes, so that pixels have mean 0 and deviation 1. */
export function normalisation({ mean, deviation }: Scale): Float32Array {
  return Float32Array.from({ length: 256 }, (_, pixel) => (pixel / 255 - mean) / deviation);
}

const normalised = normalisation(mnistScale);

/** The chosen images, [chosen, pixels]. Their pixels have mean 0 and deviation 1. */
export function imageTensor({ images, pixels }: LabelledImages, chosen: ArrayLike<number>): Tensor2D {
  const values = new Float32Array(chosen.length * pixels);
  for (let row = 0; row < chosen.length; row++) {
    const from = chosen[row]! * pixels;
    const to = row * pixels;
    for (let pixel = 0; pixel < pixels; pixel++) values[to + pixel] = normalised[images[from + pixel]!]!;
  }
  return tensor2d(values, [chosen.length, pixels]);
}

/** The labels of the chosen images, [chosen, classes]: 1 at the class of each, 0 elsewhere. */
export function labelTensor(
  { labels }: Pick<LabelledImages, 'labels'>,
  chosen: ArrayLike<number>,
  classes: number,
): Tensor2D {
  const values = new Float32Array(chosen.length * classes);
  for (let row = 0; row < chosen.length; row++) values[row * classes + labels[chosen[row]!]!] = 1;
  return tensor2d(values, [chosen.length, classes]);
}
