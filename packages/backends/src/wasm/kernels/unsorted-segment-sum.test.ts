import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAgreement, floats, forAll, gradients, integers } from '../../testing.ts';
import { startWasm } from '../start.ts';

const cases = fc.record({
  rows: fc.integer({ min: 1, max: 12 }),
  row: fc.constantFrom([], [1], [4], [2, 3]),
  segments: fc.integer({ min: 1, max: 6 }),
  seed: fc.nat(),
});

test('rows are added up by id; ids out of range are left out', () =>
  forAll(cases, async ({ rows, row, segments, seed }) => {
    const ids = integers([rows], seed, -2, segments + 2);
    const add = (x: tf.Tensor, ids: tf.Tensor): tf.Tensor =>
      tf.unsortedSegmentSum(x, ids as tf.Tensor1D, segments);
    await expectAgreement(add, [floats([rows, ...row], seed), ids]);
  }));

test('whole numbers stay whole numbers', async () => {
  await startWasm();
  const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3], 'int32'), tf.tensor1d([1, 0, 1], 'int32'), 3);
  expect(sums.dtype).toBe('int32');
  expect([...sums.dataSync()]).toEqual([2, 4, 0]);
});

test('an index out of range is named, and nothing is left behind', async () => {
  await startWasm();
  const x = tf.ones([3, 2]);
  const before = tf.backend().numDataIds();
  for (const index of [-1, 3]) {
    const ids = tf.tensor1d([0, index], 'int32');
    expect(() => tf.gather(x, ids)).toThrow(`the index value ${index} is not in [0, 2]`);
    ids.dispose();
  }
  expect(tf.backend().numDataIds()).toBe(before);
});

test('whole numbers are gathered', () =>
  expectAgreement(
    (x, ids) => tf.gather(x, ids as tf.Tensor1D),
    [integers([5, 3], 1, -99, 99), integers([4], 2, 0, 5)],
    0,
  ));

test.each([
  [0, 0, [7]],
  [0, 0, [2, 3]],
  [1, 0, [7]],
  [2, 0, [2, 2]],
  [1, 1, [4, 3]],
])('gather along axis %i with %i batch dimensions, and its gradient', async (axis, batchDims, shape) => {
  const inputs = [floats([4, 4, 5], 1), integers(shape, 2, 0, 4)];
  const lookUp = (x: tf.Tensor, ids: tf.Tensor): tf.Tensor =>
    tf.gather(x, ids as tf.Tensor1D, axis, batchDims);
  await expectAgreement(lookUp, inputs);
  await expectAgreement(gradients(lookUp), inputs);
});
