import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { startCpu } from '../cpu.ts';
import { expectAgreement, expectClose, floats, gradients, integers, type Values } from '../testing.ts';

type Layer = (...inputs: tf.Tensor[]) => tf.Tensor;

const image = floats([2, 7, 6, 4], 1);
const rows = floats([5, 6], 2);
const labels = integers([5], 3, 0, 6);

const oneHot = (labels: tf.Tensor): tf.Tensor => tf.cast(tf.oneHot(labels as tf.Tensor1D, 6), 'float32');
const attention: Layer = (queries, keys, values) =>
  tf.matMul(tf.softmax(tf.mul(tf.matMul(queries, keys, false, true), 0.5)), values);
const layerNorm: Layer = (x, gain, offset) => {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3))), gain), offset);
};
const batchNorm: Layer = (x, gain, offset) => {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.batchNorm(
    x as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    offset as tf.Tensor1D,
    gain as tf.Tensor1D,
  );
};
const lstm: Layer = (input, kernel, bias, cell, hidden) => {
  const step = (c: tf.Tensor, h: tf.Tensor) =>
    tf.basicLSTMCell(
      tf.scalar(1),
      kernel as tf.Tensor2D,
      bias as tf.Tensor1D,
      input as tf.Tensor2D,
      c as tf.Tensor2D,
      h as tf.Tensor2D,
    );
  return tf.concat(step(...step(cell!, hidden!)), 1);
};
const gru: Layer = (x, hidden, update, candidate) => {
  const gates = tf.sigmoid(tf.matMul(tf.concat([x!, hidden!], 1), update!));
  const [z, r] = tf.split(gates, 2, 1) as [tf.Tensor, tf.Tensor];
  const next = tf.tanh(tf.matMul(tf.concat([x!, tf.mul(r, hidden!)], 1), candidate!));
  return tf.add(tf.mul(z, hidden!), tf.mul(tf.sub(1, z), next));
};

const layers: Record<string, readonly [Layer, ...Values[]]> = {
  dense: [(x, w, b) => tf.relu(tf.add(tf.matMul(x, w), b)), rows, floats([6, 3], 1), floats([3], 2)],
  'dense, large': [
    (x, w, b) => tf.relu(tf.add(tf.matMul(x, w), b)),
    floats([128, 70], 3),
    floats([70, 64], 1),
    floats([64], 2),
  ],
  convolution: [
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'),
    image,
    floats([3, 3, 4, 5], 1),
  ],
  'convolution of a sequence': [
    (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same'),
    floats([2, 7, 3], 1),
    floats([3, 3, 4], 2),
  ],
  'transposed convolution': [
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 14, 12, 3], 2, 'same'),
    image,
    floats([3, 3, 3, 4], 1),
  ],
  'separable convolution': [
    (x, d, p) => tf.separableConv2d(x as tf.Tensor4D, d as tf.Tensor4D, p as tf.Tensor4D, 1, 'same'),
    image,
    floats([3, 3, 4, 2], 1),
    floats([1, 1, 8, 5], 2),
  ],
  'max pooling': [(x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same'), image],
  'average pooling': [(x) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same'), image],
  'nearest upsampling': [(x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [9, 8]), image],
  'bilinear upsampling': [(x) => tf.image.resizeBilinear(x as tf.Tensor4D, [9, 8]), image],
  'global average pooling': [(x) => tf.mean(x, [1, 2]), image],
  'local response normalisation': [(x) => tf.localResponseNormalization(x as tf.Tensor4D), image],
  'batch normalisation': [batchNorm, image, floats([4], 1), floats([4], 2)],
  'layer normalisation': [layerNorm, rows, floats([6], 1), floats([6], 2)],
  embedding: [(table, ids) => tf.gather(table, ids as tf.Tensor1D), floats([6, 4], 1), labels],
  LSTM: [lstm, floats([2, 3], 1), floats([7, 16], 2), floats([16], 3), floats([2, 4], 4), floats([2, 4], 5)],
  GRU: [gru, floats([2, 3], 1), floats([2, 4], 2), floats([7, 8], 3), floats([7, 4], 4)],
  attention: [attention, floats([2, 3, 4], 1), floats([2, 5, 4], 2), floats([2, 5, 4], 3)],
  dropout: [(x) => tf.dropout(x, 0.3, undefined, 7), rows],
  softmax: [(x) => tf.softmax(x), rows],
  'log softmax': [(x) => tf.logSoftmax(x), rows],
  'clipped cross-entropy': [
    (x, labels) => tf.neg(tf.mean(tf.mul(oneHot(labels!), tf.log(tf.clipByValue(tf.softmax(x!), 1e-7, 1))))),
    rows,
    labels,
  ],
  'binary cross-entropy': [
    (x, y) => tf.losses.sigmoidCrossEntropy(tf.sigmoid(y!), x!),
    rows,
    floats([5, 6], 4),
  ],
  'Huber loss': [(x, y) => tf.losses.huberLoss(y!, x!, undefined, 0.5), rows, floats([5, 6], 4)],
  'mean square': [(x, y) => tf.losses.meanSquaredError(y!, x!), rows, floats([5, 6], 4)],
  'cosine distance': [(x, y) => tf.losses.cosineDistance(y!, x!, 1), rows, floats([5, 6], 4)],
  GELU: [(x) => tf.mul(tf.mul(x!, 0.5), tf.add(1, tf.erf(tf.div(x!, Math.SQRT2)))), rows],
  PReLU: [(x, a) => tf.prelu(x!, a!), rows, floats([6], 1)],
  'concatenation, slices, padding': [
    (x, y) =>
      tf.pad(tf.concat([tf.slice(x!, [1, 0], [3, 6]), tf.reverse(y!, 1)], 0), [
        [1, 0],
        [0, 2],
      ]),
    rows,
    floats([2, 6], 4),
  ],
  'stack, tile, unstack': [
    (x, y) => tf.add(tf.unstack(tf.tile(tf.stack([x!, y!], 1), [1, 2, 1]), 1)[3]!, y!),
    rows,
    floats([5, 6], 4),
  ],
  'norm, maximum, where': [
    (x, y, mask) => tf.add(tf.norm(x!, 2, 1, true), tf.where(mask!, x!, tf.maximum(y!, 0.1))),
    rows,
    floats([5, 6], 4),
    { ...integers([5, 6], 1, 0, 2), dtype: 'bool' },
  ],
  'log-sum-exp and cumulative sum': [(x) => tf.add(tf.logSumExp(x!, 1, true), tf.cumsum(x!, 1)), rows],
};

const { elu, selu, sigmoid, tanh, softplus, leakyRelu, relu6, erf } = tf;
for (const [name, activation] of Object.entries({
  elu,
  selu,
  sigmoid,
  tanh,
  softplus,
  leakyRelu,
  relu6,
  erf,
}))
  layers[name] = [(x) => activation(tf.mul(x!, 3)), rows];

const TOLERANCE = 1e-5;

/**
 * Tests that every kind of layer, its gradients and the optimizers give the same on the backend that `start`
 * starts and on the cpu backend.
 */
export function describeLayers(start: () => Promise<void>): void {
  describe('the gradients of', () => {
    test.each(Object.entries(layers))('%s', async (_name, [layer, ...inputs]) => {
      await expectAgreement(layer, inputs, TOLERANCE, start);
      await expectAgreement(gradients(layer), inputs, TOLERANCE, start);
    });
  });

  test('the gradients of softmax cross-entropy', async () => {
    const layer: Layer = (logits, labels) => tf.losses.softmaxCrossEntropy(tf.softmax(labels!), logits!);
    // This loss saves logarithms for its gradient. The engine's own check counts them as a leak, on every
    // backend.
    tf.env().set('IS_TEST', false);
    try {
      await expectAgreement(gradients(layer), [rows, floats([5, 6], 4)], TOLERANCE, start);
    } finally {
      tf.env().set('IS_TEST', true);
    }
  });

  test.each([
    ['sgd', () => tf.train.sgd(0.1)],
    ['momentum', () => tf.train.momentum(0.1, 0.9, true)],
    ['adagrad', () => tf.train.adagrad(0.1)],
    ['adadelta', () => tf.train.adadelta(0.1)],
    ['adam', () => tf.train.adam(0.1)],
    ['adamax', () => tf.train.adamax(0.1)],
    ['rmsprop', () => tf.train.rmsprop(0.1, 0.9, 0.5, 1e-7, true)],
  ] as const)('five steps of %s end where they end on the cpu backend', async (_name, create) => {
    const weights = floats([6, 3], 1);
    const train = async (): Promise<number[]> => {
      const variable = tf.variable(tf.tensor(weights.values as number[], weights.shape));
      const optimizer = create();
      const x = tf.tensor(rows.values as number[], rows.shape);
      for (let step = 0; step < 5; step++)
        optimizer.minimize(() => tf.mean(tf.square(tf.matMul(x, variable))), false, [variable]);
      const result = [...(await variable.data())];
      tf.dispose([variable, x]);
      optimizer.dispose();
      return result;
    };
    await startCpu();
    const expected = await train();
    await start();
    const actual = await train();
    expect(expected.some((value, i) => Math.abs(value - weights.values[i]!) > 1e-3)).toBe(true);
    expectClose(actual, expected, TOLERANCE);
  });
}
