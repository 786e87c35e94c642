import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAgreement, floats, forAll, integers } from '../../testing.ts';
import { startWasm } from '../start.ts';

const cases = fc.record({
  batch: fc.constantFrom([], [1], [3], [2, 3]),
  rows: fc.constantFrom(1, 16, 63, 64, 65, 128, 192),
  columns: fc.constantFrom(1, 16, 31, 32, 33, 80),
  seed: fc.nat(),
});

test('rows and columns exchanged, to the last bit', () =>
  forAll(cases, async ({ batch, rows, columns, seed }) => {
    const shape = [...batch, rows, columns];
    const perm = [...shape.keys()].slice(0, -2).concat(shape.length - 1, shape.length - 2);
    await expectAgreement((x) => tf.transpose(x, perm), [floats(shape, seed)], 0);
  }));

test('any permutation of up to six axes, to the last bit', () =>
  forAll(
    fc.array(fc.constantFrom(0, 1, 1, 2, 3, 5, 17), { minLength: 1, maxLength: 6 }).chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        perm: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      }),
    ),
    async ({ shape, perm }) => {
      await expectAgreement((x) => tf.transpose(x, perm), [floats(shape, 1)], 0);
      await expectAgreement((x) => tf.transpose(x, perm), [integers(shape, 1, -99, 99)], 0);
    },
    150,
  ));

test('what stays in its order is not copied', async () => {
  await startWasm();
  const x = tf.ones([2, 1, 3]);
  expect(tf.transpose(x, [1, 0, 2]).dataId).toBe(x.dataId);
});

test.each([[[1, 0, 2]], [[2, 1, 0]], [[1, 2, 0]], [[0, 1, 2]], [[1, 0, 3, 2]]])(
  'other permutations: %j',
  (perm) => expectAgreement((x) => tf.transpose(x, perm), [floats([2, 3, 64, 64].slice(-perm.length), 1)], 0),
);

test('whole numbers and bools', async () => {
  await expectAgreement((x) => tf.transpose(x), [integers([64, 40], 1, -99, 99)], 0);
  await expectAgreement((x) => tf.transpose(x), [{ ...integers([64, 40], 1, 0, 2), dtype: 'bool' }], 0);
});
