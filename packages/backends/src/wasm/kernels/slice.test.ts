import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAgreement, floats, forAll, gradients, integers } from '../../testing.ts';
import { startWasm } from '../start.ts';

const parts = fc
  .array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 6 })
  .map((axes) => ({
    shape: axes.map(([before, size, after]) => before + size + after),
    begin: axes.map(([before]) => before),
    size: axes.map(([, size]) => size),
  }));

test('a part of a tensor, in up to six dimensions, to the last bit', () =>
  forAll(
    parts,
    async ({ shape, begin, size }) => {
      await expectAgreement((x) => tf.slice(x, begin, size), [floats(shape, 1)], 0);
      await expectAgreement((x) => tf.slice(x, begin), [integers(shape, 1, -99, 99)], 0);
    },
    100,
  ));

test.each([0, 1, 2, -1])('unstacking along axis %i, and its gradient', async (axis) => {
  const unstack = (x: tf.Tensor): tf.Tensor[] => tf.unstack(x, axis);
  await expectAgreement(unstack, [floats([2, 3, 4], 1)], 0);
  await expectAgreement(unstack, [integers([2, 3, 4], 1, -99, 99)], 0);
  await expectAgreement(
    gradients((x) => tf.mul(unstack(x)[0]!, unstack(x)[1]!)),
    [floats([2, 3, 4], 1)],
  );
});

test('bools and strings', async () => {
  await expectAgreement(
    (x) => tf.slice(x, [1, 0], [2, 2]),
    [{ ...integers([4, 3], 1, 0, 2), dtype: 'bool' }],
    0,
  );
  await startWasm();
  const names = tf.tensor2d([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(tf.slice(names, [0, 1], [2, 1]).dataSync()).toEqual(['b', 'd']);
  expect(tf.unstack(names)[1]!.dataSync()).toEqual(['c', 'd']);
});
