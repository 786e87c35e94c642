import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAgreement, floats, forAll, integers } from '../../testing.ts';
import { startWasm } from '../start.ts';

const cases = fc.array(fc.constantFrom(1, 1, 2, 3, 5, 9), { minLength: 1, maxLength: 5 }).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axes: fc.shuffledSubarray([...shape.keys()], { minLength: 1 }),
    fromEnd: fc.boolean(),
    keepDims: fc.boolean(),
    seed: fc.nat(),
  }),
);

test('sums and means over any axes', () =>
  forAll(
    cases,
    async ({ shape, axes, fromEnd, keepDims, seed }) => {
      const axis = fromEnd ? axes.map((axis) => axis - shape.length) : axes;
      const reduce = (x: tf.Tensor) => [tf.sum(x, axis, keepDims), tf.mean(x, axis, keepDims)];
      await expectAgreement(reduce, [floats(shape, seed)]);
    },
    150,
  ));

test('whole numbers and bools', async () => {
  const reduce = (x: tf.Tensor) => [tf.sum(x, 0), tf.mean(x, 0), tf.sum(x, 1)];
  await expectAgreement(reduce, [integers([7, 5], 1, -9, 9)]);
  await expectAgreement(reduce, [{ ...integers([7, 5], 1, 0, 2), dtype: 'bool' }]);
});

test('long sums keep their precision', () =>
  expectAgreement(
    (x) => [tf.sum(tf.add(x, 1), 0), tf.sum(tf.add(x, 1)), tf.sum(tf.add(tf.transpose(x), 1), 1)],
    [floats([20_000, 19], 1)],
    1e-6,
  ));

test('the sum of nothing is zero', async () => {
  await expectAgreement((x) => [tf.sum(x, 0), tf.sum(x, 0, true)], [floats([0, 3], 1)]);
  await expectAgreement((x) => [tf.sum(x, 1), tf.sum(x)], [floats([3, 0], 1)]);
});

test('NaN and infinities come through as they are', async () => {
  await startWasm();
  const x = tf.tensor2d([
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1],
    [1, 1, 1, Number.NEGATIVE_INFINITY, 1],
  ]);
  expect([...tf.sum(x, 0).dataSync()]).toEqual([NaN, Infinity, -Infinity, NaN, 2]);
  expect([...tf.mean(x, 0).dataSync()]).toEqual([NaN, Infinity, -Infinity, NaN, 1]);
});
