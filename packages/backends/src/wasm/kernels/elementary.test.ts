import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectAgreement, floats, forAll, gradients, integers } from '../../testing.ts';
import { startWasm } from '../start.ts';

/** The error function in float64: its series, and for large x the continued fraction of its complement. */
function erf(x: number): number {
  if (Math.abs(x) < 2.5) {
    let term = x;
    let sum = x;
    for (let k = 1; k < 80; k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (Math.abs(x) + fraction);
  const complement = Math.exp(-x * x) / (Math.abs(x) + fraction) / Math.sqrt(Math.PI);
  return Math.sign(x) * (1 - complement);
}

const cases = [
  { name: 'exp', ours: tf.exp, exact: Math.exp },
  { name: 'erf', ours: tf.erf, exact: erf },
  { name: 'tanh', ours: tf.tanh, exact: Math.tanh },
] as const;

/** Float32 numbers of every size, and those near the limits of a formula. */
const numbers = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.float({ min: -9, max: 9, noNaN: true }),
  fc.constantFrom(0, -0, 1, -1, 0.99999994, 0.6324555, -0.6324556, 4, 88.722, 88.73, -87.4, -103.9, -104.1),
);

test.each(cases)('$name is right to three units in the last place', async ({ ours, exact }) => {
  await startWasm();
  await forAll(
    fc.array(numbers, { maxLength: 40 }),
    async (drawn) => {
      const x = Float32Array.from(drawn);
      const values = tf.tidy(() => ours(tf.tensor1d(x)).dataSync());
      for (const [i, value] of values.entries()) {
        const expected = exact(x[i]!);
        const unit = Math.max(2 ** -23 * Math.abs(expected), 2 ** -149);
        const apart =
          Math.fround(expected) === value
            ? 0
            : Math.abs(value - expected) / (Number.isFinite(expected) ? unit : 1);
        if (!(apart <= 3)) expect.fail(`of ${x[i]} it is ${value} and should be ${expected}`);
      }
    },
    300,
  );
});

test.each([
  ['exp', tf.exp, [Number.NaN, Number.POSITIVE_INFINITY, 0, 1, Number.POSITIVE_INFINITY]],
  ['erf', tf.erf, [Number.NaN, 1, -1, 0, 1]],
  ['tanh', tf.tanh, [Number.NaN, 1, -1, 0, 1]],
] as const)('%s of what is no ordinary number', async (_name, ours, expected) => {
  await startWasm();
  const x = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1e30];
  expect([...ours(tf.tensor1d(x)).dataSync()]).toEqual(expected);
});

test.each(cases)('$name keeps shapes, and its gradient', async ({ ours }) => {
  for (const shape of [[], [0, 3], [2, 3, 5]])
    await expectAgreement((x) => ours(x), [floats(shape, 1)], 1e-6);
  await expectAgreement(
    gradients((x) => ours(x)),
    [floats([2, 7], 2)],
  );
});

test('whole numbers', () => expectAgreement((x) => [tf.exp(x), tf.erf(x)], [integers([7], 3, -3, 4)], 1e-6));
