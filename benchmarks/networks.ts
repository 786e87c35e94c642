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
    dispose: () => tf.dispose([x, ...labels, ...variables]),
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

/**
 * A layer with random weights. The scale is a power of two, so that both sides have the same weights to the
 * last bit.
 */
function layer(inputs: number, outputs: number, seed: number): Layer {
  const scale = 2 ** -Math.round(Math.log2(Math.sqrt(inputs / 3)));
  const values = uniform(seed, inputs * outputs).map((x) => x * scale);
  return {
    weights: tf.variable(tf.tensor2d(values, [inputs, outputs])),
    bias: tf.variable(tf.zeros([outputs])),
  };
}

function applied({ weights, bias }: Layer, input: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.matMul(input, weights), bias);
}

function oneHot(values: Float32Array): tf.Tensor2D {
  const classes = Int32Array.from(values, (x) => Math.floor((x + 1) * 5));
  return tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), 10), 'float32') as tf.Tensor2D);
}
