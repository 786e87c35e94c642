import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { startCpu } from '../cpu.ts';
import { gradientProblems, withoutGradient } from '../testing/gradients.ts';
import { startWasm } from '../wasm/start.ts';

const backends = { cpu: startCpu, wasm: startWasm };

test.each(Object.entries(backends))(
  'every gradient on %s is what differences in float64 are',
  async (_name, start) => {
    expect(await gradientProblems(start, 3, 1)).toEqual(new Map());
  },
);

test.each(withoutGradient)('%s has no gradient still', async (name) => {
  const problems = await gradientProblems(startCpu, 40, 1, [name]);
  expect([...problems.values()].join()).toMatch(/gradient function not found/);
});

test('fused convolutions with dilations have no gradient, and say so', async () => {
  await startCpu();
  const loss = (filter: tf.Tensor): tf.Tensor =>
    tf.sum(
      tf.fused.conv2d({
        x: tf.ones([1, 4, 4, 1]) as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        dilations: 2,
      }),
    );
  expect(() => tf.tidy(() => tf.grad(loss)(tf.ones([2, 2, 1, 1])))).toThrow(
    /fused conv2D: dilation rates greater than 1/,
  );
});

type Function = (x: tf.Tensor) => tf.Tensor;

/**
 * The smallest inputs for which the stock gradients were wrong: a function, its input, and the gradient of
 * the sum of its values.
 */
const cases: Readonly<Record<string, readonly [Function, number[], number[], number[]]>> = {
  'a mirrored edge': [(x) => tf.mirrorPad(x, [[1, 1]], 'reflect'), [3], [1, 2, 3], [1, 3, 1]],
  'a mirrored edge with the edge itself': [
    (x) => tf.mirrorPad(x, [[1, 1]], 'symmetric'),
    [2],
    [1, 2],
    [2, 2],
  ],
  'a running sum down a matrix': [(x) => tf.cumsum(x, 0), [2, 2], [1, 2, 3, 4], [2, 2, 1, 1]],
  'a running product with a zero': [(x) => tf.cumprod(x), [3], [2, 0, 3], [1, 8, 0]],
  'the nearest pixel for three, corners aligned': [
    (x) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [3, 3], true),
    [1, 1, 1, 1],
    [1],
    [9],
  ],
  'the largest in three dimensions, with strides larger than the window': [
    (x) => tf.maxPool3d(x as tf.Tensor5D, 1, [1, 2, 1], 'same'),
    [1, 1, 2, 1, 1],
    [3, 1],
    [1, 0],
  ],
  'an average in three dimensions, with strides larger than the window': [
    (x) => tf.avgPool3d(x as tf.Tensor5D, 1, [1, 2, 1], 'same'),
    [1, 1, 2, 1, 1],
    [3, 1],
    [1, 0],
  ],
  'a convolution in three dimensions, with strides larger than the filter': [
    (x) => tf.conv3d(x as tf.Tensor5D, tf.fill([1, 1, 1, 1, 1], 2), [1, 2, 1], 'same'),
    [1, 1, 2, 1, 1],
    [3, 1],
    [2, 0],
  ],
  'an average of which half is padding': [
    (x) => tf.avgPool(x as tf.Tensor4D, [1, 2], 1, 'same'),
    [1, 1, 2, 1],
    [1, 2],
    [0.5, 1.5],
  ],
  'a normalised batch, without a scale or an offset': [
    (x) => tf.batchNorm(x, tf.tensor1d([1]), tf.tensor1d([3]), undefined, undefined, 1),
    [2, 1],
    [2, 5],
    [0.5, 0.5],
  ],
  'a maximum with a number': [(x) => tf.maximum(tf.tensor1d([1, 3]), x), [], [2], [1]],
  'a part of one alone': [(x) => tf.unstack(x)[0]!, [1, 2], [1, 2], [1, 1]],
  'every second element': [(x) => tf.stridedSlice(x, [0], [3], [2]), [3], [1, 2, 3], [1, 0, 1]],
  'the two largest': [(x) => tf.topk(x, 2).values, [3], [1, 3, 2], [0, 1, 1]],
  'a depthwise convolution without dilations, as of a layer': [
    (x) => tf.depthwiseConv2d(x as tf.Tensor4D, tf.ones([1, 1, 1, 1]), 1, 'valid', 'NHWC', null as never),
    [1, 1, 2, 1],
    [3, 4],
    [1, 1],
  ],
  'a product by letters': [(x) => tf.einsum('ij,j->i', x, tf.tensor1d([5, 7])), [1, 2], [1, 2], [5, 7]],
};

describe.each(Object.entries(backends))('on %s, the gradient of', (_name, start) => {
  test.each(Object.entries(cases))('%s', async (_name, [compute, shape, values, expected]) => {
    await start();
    const gradient = tf.tidy(() => tf.grad((x) => tf.sum(compute(x)))(tf.tensor(values, shape)));
    expect(gradient.shape).toEqual(shape);
    expect([...(await gradient.data())]).toEqual(expected);
    gradient.dispose();
  });
});
