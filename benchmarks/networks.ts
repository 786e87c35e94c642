import { type Objective, shared } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { uniform } from './peers/uniform.ts';

/**
 * A perceptron with one batch to train it on: a trunk of ReLU layers below heads of 10 classes. peers/step.py
 * has the same network.
 */
export interface Shape {
  /** The layer widths, from the pixels to the features. */
  readonly trunk: readonly number[];
  /**
   * The number of heads. One head has two losses on its logits, cross-entropy and mean square. Several heads
   * have a cross-entropy each.
   */
  readonly heads: number;
  readonly examples: number;
}

export interface Network {
  readonly variables: tf.Variable[];
  /** The number of variables in the trunk. They come first. */
  readonly shared: number;
  readonly losses: readonly (() => tf.Scalar)[];
  /** The results of the trunk. */
  readonly features: () => tf.Tensor2D;
  dispose(): void;
}

export function createNetwork({ trunk, heads, examples }: Shape): Network {
  const features = trunk.at(-1)!;
  const layers = trunk.slice(1).map((width, index) => layer(trunk[index]!, width, index));
  const tops = Array.from({ length: heads }, (_, head) => layer(features, 10, trunk.length + head));
  const x = tf.tensor2d(uniform(100, examples * trunk[0]!), [examples, trunk[0]!]);
  const labels = tops.map((_, head) => oneHot(uniform(101 + head, examples)));

  const featuresOf = shared<void, tf.Tensor2D>(() =>
    layers.reduce((input, top) => tf.relu(applied(top, input)), x),
  );
  const logitsOf = tops.map((top) => shared<void, tf.Tensor2D>(() => applied(top, featuresOf())));
  const losses = logitsOf.map(
    (logits, head) => () => tf.losses.softmaxCrossEntropy(labels[head]!, logits()) as tf.Scalar,
  );
  if (heads === 1) losses.push(() => tf.mean(tf.square(logitsOf[0]!())) as tf.Scalar);
  const variables = [...layers, ...tops].flatMap(({ weights, bias }) => [weights, bias]);
  return {
    variables,
    shared: 2 * layers.length,
    losses,
    features: featuresOf,
    dispose: () => tf.dispose([x, ...labels, ...variables]),
  };
}

/** A convolutional network with one batch of pictures 28 × 28. */
export interface Convolutional {
  readonly variables: tf.Variable[];
  /** The cross-entropy of each example. */
  readonly losses: () => tf.Tensor1D;
  dispose(): void;
}

/**
 * Two convolutions 3 × 3 with ReLU and max pooling, 16 and 32 filters, below 10 classes. peers/examples.py has
 * the same network.
 */
export function createConvolutional(examples: number): Convolutional {
  const kernels = [variable(0, [3, 3, 1, 16]), variable(1, [3, 3, 16, 32]), variable(2, [7 * 7 * 32, 10])];
  const biases = [16, 32, 10].map((outputs) => tf.variable(tf.zeros([outputs])));
  const x = tf.tensor4d(uniform(100, examples * 784), [examples, 28, 28, 1]);
  const labels = oneHot(uniform(101, examples));
  const features = () =>
    [0, 1].reduce((input: tf.Tensor4D, layer) => {
      const output = tf.add(tf.conv2d(input, kernels[layer] as tf.Tensor4D, 1, 'same'), biases[layer]!);
      return tf.maxPool(tf.relu(output) as tf.Tensor4D, 2, 2, 'valid');
    }, x);
  const variables = kernels.flatMap((kernel, layer) => [kernel, biases[layer]!]);
  return {
    variables,
    losses: () => {
      const logits = tf.add(tf.matMul(tf.reshape(features(), [examples, -1]), kernels[2]!), biases[2]!);
      return tf.neg(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), 1));
    },
    dispose: () => tf.dispose([x, labels, ...variables]),
  };
}

/** The losses as objectives: all on one level, or each on a level of its own. */
export function objectivesOf({ losses }: Network, levels: 'one' | 'each'): Objective[] {
  return losses.map((loss, index) => ({
    name: `loss ${index}`,
    priority: levels === 'one' ? 0 : index,
    loss,
  }));
}

interface Layer {
  readonly weights: tf.Variable<tf.Rank.R2>;
  readonly bias: tf.Variable<tf.Rank.R1>;
}

function layer(inputs: number, outputs: number, seed: number): Layer {
  return {
    weights: variable(seed, [inputs, outputs]) as tf.Variable<tf.Rank.R2>,
    bias: tf.variable(tf.zeros([outputs])),
  };
}

/**
 * A variable with random values. The scale is a power of two, so that both sides have the same weights to the
 * last bit.
 */
function variable(seed: number, shape: readonly number[]): tf.Variable {
  const inputs = shape.slice(0, -1).reduce((a, b) => a * b);
  const scale = 2 ** -Math.round(Math.log2(Math.sqrt(inputs / 3)));
  const values = uniform(seed, inputs * shape.at(-1)!).map((x) => x * scale);
  return tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
}

function applied({ weights, bias }: Layer, input: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.matMul(input, weights), bias);
}

function oneHot(values: Float32Array): tf.Tensor2D {
  const classes = Int32Array.from(values, (x) => Math.floor((x + 1) * 5));
  return tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), 10), 'float32') as tf.Tensor2D);
}
