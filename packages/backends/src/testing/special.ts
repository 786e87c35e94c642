import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';

type Right = readonly [dtype: string, shape: readonly number[], values: readonly number[]];

const image = (height: number, width: number): tf.Tensor4D => tf.ones([1, height, width, 1]);
const square = (): tf.Tensor2D => tf.tensor2d([1, 2, 3, 4], [2, 2]);
const batches = (): tf.Tensor =>
  tf.matMul(tf.reshape(tf.range(0, 24), [2, 2, 3, 2]), tf.reshape(tf.range(0, 8), [2, 1, 2, 2]));

/** The smallest inputs for which some backend was wrong, with the right answers. */
const cases: Readonly<Record<string, readonly [() => tf.Tensor, Right]>> = {
  'a mean of nothing': [() => tf.mean(tf.zeros([2, 0]), 1), ['float32', [2], [Number.NaN, Number.NaN]]],
  'a sum of nothing': [() => tf.sum(tf.zeros([2, 0]), 1), ['float32', [2], [0, 0]]],
  'a sum of no whole numbers': [() => tf.sum(tf.zeros([0], 'int32')), ['int32', [], [0]]],
  'a product of nothing': [() => tf.prod(tf.zeros([0])), ['float32', [], [1]]],
  'a maximum of nothing': [() => tf.max(tf.zeros([0, 1]), 0), ['float32', [1], [Number.NEGATIVE_INFINITY]]],
  'a minimum of no whole numbers': [() => tf.min(tf.zeros([0], 'int32')), ['int32', [], [2 ** 31 - 1]]],
  'all of nothing': [() => tf.all(tf.zeros([0], 'bool')), ['bool', [], [1]]],
  'any of nothing': [() => tf.any(tf.zeros([0], 'bool')), ['bool', [], [0]]],
  'nothing, joined to nothing': [() => tf.concat([tf.zeros([0]), tf.zeros([0])]), ['float32', [0], []]],
  'means without elements': [() => tf.mean(tf.zeros([0, 2], 'int32'), 1), ['float32', [0], []]],
  'a product of matrices without inner length': [
    () => tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 1])),
    ['float32', [2, 1], [0, 0]],
  ],
  'whole numbers between bounds': [
    () => tf.clipByValue(tf.tensor1d([-5, 0, 3, 9], 'int32'), 0, 5),
    ['int32', [4], [0, 0, 3, 5]],
  ],
  'truth values, reversed': [() => tf.reverse(tf.tensor1d([1, 0, 0], 'bool')), ['bool', [3], [0, 0, 1]]],
  'truth values, transposed': [
    () => tf.transpose(tf.tensor3d([1, 0, 0, 1, 1, 0], [1, 2, 3], 'bool'), [2, 0, 1]),
    ['bool', [3, 1, 2], [1, 1, 0, 1, 0, 0]],
  ],
  'whole numbers, transposed': [
    () => tf.transpose(tf.tensor3d([1, 2, 3, 4, 5, 6], [2, 3, 1], 'int32'), [1, 2, 0]),
    ['int32', [3, 1, 2], [1, 4, 2, 5, 3, 6]],
  ],
  'truth values where others hold': [
    () => tf.where(tf.tensor1d([1, 0], 'bool'), tf.zeros([2], 'bool'), tf.ones([2], 'bool')),
    ['bool', [2], [0, 1]],
  ],
  'every second whole number': [
    () => tf.stridedSlice(tf.range(0, 5, 1, 'int32'), [0], [5], [2]),
    ['int32', [3], [0, 2, 4]],
  ],
  'every third of more numbers': [
    () => tf.stridedSlice(tf.range(0, 7), [0], [7], [3]),
    ['float32', [3], [0, 3, 6]],
  ],
  'whole numbers that are finite': [
    () => tf.isFinite(tf.tensor1d([-1, 2 ** 30], 'int32')),
    ['bool', [2], [1, 1]],
  ],
  'an angle of a whole number': [() => tf.asin(tf.scalar(1, 'int32')), ['float32', [], [Math.PI / 2]]],
  'a running sum along the last axis': [() => tf.cumsum(square(), -1), ['float32', [2, 2], [1, 3, 3, 7]]],
  'a running sum backwards': [() => tf.cumsum(tf.ones([2]), 0, false, true), ['float32', [2], [2, 1]]],
  'a longer running sum backwards': [
    () => tf.cumsum(tf.ones([4]), 0, false, true),
    ['float32', [4], [4, 3, 2, 1]],
  ],
  'a product along the last axis, counted from the end': [
    () => tf.cumprod(square(), -1),
    ['float32', [2, 2], [1, 2, 3, 12]],
  ],
  'a product that keeps its axis': [() => tf.prod(square(), 0, true), ['float32', [1, 2], [3, 8]]],
  'where a vector is largest': [() => tf.argMax(tf.tensor1d([1, 3, 2])), ['int32', [], [1]]],
  'batches of which both are broadcast': [
    () => tf.sum(batches(), [2, 3]),
    ['float32', [2, 2], [51, 159, 963, 1359]],
  ],
  'whole numbers multiplied as matrices': [
    () => tf.matMul(tf.tensor2d([1, 2], [2, 1], 'int32'), tf.tensor2d([3, 4], [1, 2], 'int32')),
    ['int32', [2, 2], [3, 4, 6, 8]],
  ],
  'padding of one pixel around an image wider than high, with a filter higher than wide': [
    () => tf.conv2d(image(2, 3), tf.ones([2, 1, 1, 1]), [1, 2], 1, 'NHWC', 1, 'floor'),
    ['float32', [1, 3, 3, 1], [0, 1, 0, 0, 2, 0, 0, 1, 0]],
  ],
  'the largest with padding of one pixel and strides that differ': [
    () => tf.maxPool(image(3, 3), [3, 3], [1, 2], 1, 'floor'),
    ['float32', [1, 3, 2, 1], [1, 1, 1, 1, 1, 1]],
  ],
  'the largest in three dimensions, with strides larger than the window': [
    () => tf.maxPool3d(tf.tensor5d([3, 1], [1, 1, 2, 1, 1]), 1, [1, 2, 1], 'same'),
    ['float32', [1, 1, 1, 1, 1], [3]],
  ],
  'an average in three dimensions, with strides larger than the window': [
    () => tf.avgPool3d(tf.tensor5d([3, 1], [1, 1, 2, 1, 1]), 1, [1, 2, 1], 'same'),
    ['float32', [1, 1, 1, 1, 1], [3]],
  ],
  'a convolution in three dimensions, with strides larger than the filter': [
    () => tf.conv3d(tf.tensor5d([3, 1], [1, 1, 2, 1, 1]), tf.ones([1, 1, 1, 1, 1]), [1, 2, 1], 'same'),
    ['float32', [1, 1, 1, 1, 1], [3]],
  ],
  'the largest of negative numbers, with its place': [
    () =>
      tf.cast(
        tf.maxPoolWithArgmax(tf.tensor4d([-2, -1], [1, 1, 2, 1]), [1, 2], 1, 'valid').indexes!,
        'int32',
      ),
    ['int32', [1, 1, 1, 1], [1]],
  ],
  'places of the largest, in further arithmetic': [
    () => {
      const x = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
      return tf.add(tf.cast(tf.maxPoolWithArgmax(x, [1, 3], 1, 'valid').indexes!, 'float32'), 0.5);
    },
    ['float32', [1, 1, 1, 1], [2.5]],
  ],
  'five axes, one padded and one reversed': [
    () =>
      tf.reverse(
        tf.pad(tf.tensor([1, 2], [1, 1, 1, 1, 2]), [
          [0, 0],
          [0, 0],
          [0, 0],
          [1, 0],
          [0, 0],
        ]),
        [3, -1],
      ),
    ['float32', [1, 1, 1, 2, 2], [2, 1, 0, 0]],
  ],
  'quotients, rounded down': [
    () => tf.floorDiv(tf.tensor1d([7.5, 1, -1.2]), tf.tensor1d([2, 0.4, 0.5])),
    ['int32', [3], [3, 2, -3]],
  ],
};

/**
 * Tests that special inputs (no elements, whole numbers, bools, axes counted from the end) have the right
 * answers on the backend that `start` starts.
 */
export function describeSpecial(start: () => Promise<void>): void {
  test.each(Object.entries(cases))('%s', async (_name, [compute, [dtype, shape, values]]) => {
    await start();
    const before = { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
    const result = tf.tidy(compute);
    const data = await result.data();
    expect(ArrayBuffer.isView(data)).toBe(true);
    const actual = Array.from(data);
    expect({ dtype: result.dtype, shape: result.shape }).toEqual({ dtype, shape });
    expect(actual).toEqual(
      values.map((value) =>
        Number.isInteger(value) || !Number.isFinite(value) ? value : expect.closeTo(value, 5),
      ),
    );
    result.dispose();
    expect({ tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() }).toEqual(before);
  });
}
