import type { ConstantCombiner } from '@scalpel/core';
import { randomFrom } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import type { Kind } from './models.ts';

/**
 * The sum of all losses, which TensorFlow.js itself trains on. It is the same as `mixed` with weights of 1.
 */
export const sum: ConstantCombiner = {
  name: 'sum',
  needs: 'nothing',
  weights: (rows) => rows.map(() => 1),
};

export function uniform(shape: readonly number[], ...seeds: number[]): tf.Tensor {
  const random = randomFrom(...seeds);
  const size = tf.util.sizeFromShape([...shape]);
  return tf.tensor(
    Float32Array.from({ length: size }, () => 2 * random() - 1),
    [...shape],
  );
}

export function wholeNumbers(shape: readonly number[], below: number, ...seeds: number[]): tf.Tensor {
  return tf.tidy(() => tf.floor(tf.mul(tf.add(uniform(shape, ...seeds), 1), below / 2)));
}

export function inputsFor({ input, tokens }: Kind, examples: number, seed: number): tf.Tensor {
  return tokens ? wholeNumbers([examples, ...input], tokens, seed) : uniform([examples, ...input], seed);
}

export type Element = { xs: tf.TensorContainer; ys: tf.TensorContainer };

/**
 * A dataset of these batches, with new tensors in each pass, since training on a dataset disposes of them.
 */
export function datasetOf(batches: number, make: (batch: number) => Element): tf.data.Dataset<Element> {
  return tf.data.generator(async function* () {
    for (let batch = 0; batch < batches; batch++) yield make(batch);
  } as never) as unknown as tf.data.Dataset<Element>;
}

/** All weights of a model, in its order. */
export function weightsIn(model: tf.LayersModel): Float32Array[] {
  return model.weights.map((weight) => weight.read().dataSync().slice() as Float32Array);
}

/** The largest difference between two lists of weights, relative to the largest weight. */
export function difference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  const all = a.flatMap((values, index) =>
    [...values].map((value, element) => Math.abs(value - b[index]![element]!)),
  );
  const scale = Math.max(...a.flatMap((values) => [...values].map(Math.abs)));
  return Math.max(...all) / scale;
}
