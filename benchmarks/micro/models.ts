import * as tf from '@tensorflow/tfjs';
import { uniform } from '../peers/uniform.ts';

/**
 * A model in the memory of the current backend, with a batch of random data. The numbers are the same in
 * every run.
 */
export interface Model {
  /**
   * One step: forward, backward and optimizer. Returns the loss, which is read back as in a training loop.
   */
  step(): number;
  dispose(): void;
}

/** A perceptron with these layer widths, and ReLU between the layers. */
export function perceptron(sizes: readonly number[], batch: number, optimizer: tf.Optimizer): Model {
  const make = maker();
  const layers = sizes.slice(1).map((units, i) => make.dense(sizes[i]!, units));
  const x = make.numbers([batch, sizes[0]!], 1);
  const labels = make.labels(batch, sizes.at(-1)!);
  const loss = (): tf.Scalar => {
    let activation: tf.Tensor = x;
    layers.forEach((layer, i) => {
      activation = affine(activation, layer);
      if (i < layers.length - 1) activation = tf.relu(activation);
    });
    return tf.losses.softmaxCrossEntropy(labels, activation);
  };
  return model(loss, [x, labels, ...layers.flatMap(Object.values)], optimizer);
}

/**
 * Three convolutions of 3x3 over images of 28x28 with 16, 32 and 64 channels. Strides or max pooling halve
 * the image twice. The mean over the positions and a dense layer follow.
 */
export function convolutional(halving: 'strides' | 'pooling', batch: number, optimizer: tf.Optimizer): Model {
  const make = maker();
  const filters = [
    [1, 16],
    [16, 32],
    [32, 64],
  ].map(([from, to]) => make.variable([3, 3, from!, to!], (9 * from!) ** -0.5) as tf.Tensor4D);
  const output = make.dense(64, 10);
  const x = make.numbers([batch, 28, 28, 1], 1) as tf.Tensor4D;
  const labels = make.labels(batch, 10);
  const loss = (): tf.Scalar => {
    let features = x;
    filters.forEach((filter, i) => {
      const stride = halving === 'strides' && i > 0 ? 2 : 1;
      features = tf.relu(tf.conv2d(features, filter, stride, 'same'));
      if (halving === 'pooling' && i < 2) features = tf.maxPool(features, 2, 2, 'same');
    });
    return tf.losses.softmaxCrossEntropy(labels, affine(tf.mean(features, [1, 2]), output));
  };
  return model(loss, [x, labels, ...filters, ...Object.values(output)], optimizer);
}

/**
 * A language model over bytes: blocks of causal attention and two dense layers with GELU, each after a layer
 * norm.
 */
export function transformer(
  { layers, heads, width, context }: { layers: number; heads: number; width: number; context: number },
  batch: number,
  optimizer: tf.Optimizer,
): Model {
  const symbols = 256;
  const make = maker();
  const embedding = make.variable([symbols, width], 0.02);
  const positions = make.variable([context, width], 0.02);
  const blocks = Array.from({ length: layers }, () => ({
    attentionNorm: make.norm(width),
    queriesKeysValues: make.dense(width, 3 * width),
    mix: make.dense(width, width),
    denseNorm: make.norm(width),
    widen: make.dense(width, 4 * width),
    narrow: make.dense(4 * width, width),
  }));
  const lastNorm = make.norm(width);
  const output = make.dense(width, symbols);
  const ids = make.ids([batch, context], symbols) as tf.Tensor2D;
  const next = make.labels(batch * context, symbols);
  const future = tf.tidy(() =>
    tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([context, context]), -1, 0)), -1e9),
  );

  const attention = (x: tf.Tensor, { queriesKeysValues, mix }: (typeof blocks)[number]): tf.Tensor => {
    const all = tf.reshape(affine(x, queriesKeysValues), [batch, context, 3, heads, width / heads]);
    const [queries, keys, values] = tf.unstack(tf.transpose(all, [2, 0, 3, 1, 4])) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const scores = tf.mul(tf.matMul(queries, keys, false, true), (width / heads) ** -0.5);
    const mixed = tf.matMul(tf.softmax(tf.add(scores, future)), values);
    return affine(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * context, width]), mix);
  };
  const loss = (): tf.Scalar => {
    const start = tf.add(tf.gather(embedding, ids), positions);
    let x: tf.Tensor = tf.reshape(start, [batch * context, width]);
    for (const block of blocks) {
      x = tf.add(x, attention(normalised(x, block.attentionNorm), block));
      const wide = gelu(affine(normalised(x, block.denseNorm), block.widen));
      x = tf.add(x, affine(wide, block.narrow));
    }
    return tf.losses.softmaxCrossEntropy(next, affine(normalised(x, lastNorm), output));
  };
  const parts = [...blocks.flatMap((block) => Object.values(block)), lastNorm, output];
  return model(loss, [embedding, positions, ids, next, future, ...parts.flatMap(Object.values)], optimizer);
}

interface Dense {
  readonly weights: tf.Variable;
  readonly bias: tf.Variable;
}

interface Norm {
  readonly gain: tf.Variable;
  readonly offset: tf.Variable;
}

/** Makes tensors of random numbers, different in each call. */
function maker() {
  let seed = 0;
  const numbers = (shape: number[], deviation: number): tf.Tensor => {
    const values = uniform(seed++, tf.util.sizeFromShape(shape));
    return tf.tensor(
      values.map((value) => value * Math.sqrt(3) * deviation),
      shape,
    );
  };
  const ids = (shape: number[], count: number): tf.Tensor => {
    const values = uniform(seed++, tf.util.sizeFromShape(shape));
    return tf.tensor(
      Int32Array.from(values, (value) => Math.floor(((value + 1) / 2) * count)),
      shape,
      'int32',
    );
  };
  const variable = (shape: number[], deviation: number): tf.Variable =>
    tf.tidy(() => tf.variable(numbers(shape, deviation)));
  const constant = (size: number, value: number): tf.Variable =>
    tf.tidy(() => tf.variable(tf.fill([size], value)));
  return {
    numbers,
    ids,
    variable,
    labels: (count: number, classes: number): tf.Tensor =>
      tf.tidy(() => tf.cast(tf.oneHot(ids([count], classes) as tf.Tensor1D, classes), 'float32')),
    dense: (inputs: number, units: number): Dense => ({
      weights: variable([inputs, units], inputs ** -0.5),
      bias: constant(units, 0),
    }),
    norm: (width: number): Norm => ({ gain: constant(width, 1), offset: constant(width, 0) }),
  };
}

function affine(x: tf.Tensor, { weights, bias }: Dense): tf.Tensor {
  return tf.add(tf.matMul(x, weights), bias);
}

function normalised(x: tf.Tensor, { gain, offset }: Norm): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), gain), offset);
}

function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

function model(loss: () => tf.Scalar, owned: tf.Tensor[], optimizer: tf.Optimizer): Model {
  const variables = owned.filter((tensor) => tensor instanceof tf.Variable);
  return {
    step: () =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss, variables);
        optimizer.applyGradients(grads);
        return value.dataSync()[0]!;
      }),
    dispose() {
      tf.dispose(owned);
      optimizer.dispose();
    },
  };
}
