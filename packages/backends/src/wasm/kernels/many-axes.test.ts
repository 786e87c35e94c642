import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { expectAgreement, floats, gradients, integers } from '../../testing.ts';
import { startWasm } from '../start.ts';

const functions = {
  ...{ add: tf.add, atan2: tf.atan2, div: tf.div, equal: tf.equal, floorDiv: tf.floorDiv },
  ...{ greater: tf.greater, greaterEqual: tf.greaterEqual, less: tf.less, lessEqual: tf.lessEqual },
  ...{ maximum: tf.maximum, minimum: tf.minimum, mod: tf.mod, mul: tf.mul, notEqual: tf.notEqual },
  ...{ squaredDifference: tf.squaredDifference, sub: tf.sub },
  pow: (a: tf.Tensor, b: tf.Tensor) => tf.pow(tf.add(tf.abs(a), 1), b),
  logicalAnd: (a: tf.Tensor, b: tf.Tensor) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)),
};
const shape = [2, 1, 3, 2, 2, 1, 3];

test.each(Object.entries(functions))(
  '%s of seven axes: of one shape, with a number and broadcast',
  async (_name, compute) => {
    for (const other of [shape, [], [1, 1], [1, 2, 1, 1, 1, 3, 1], [2, 1, 3]]) {
      const inputs = [floats(shape, 1), floats(other, 2)];
      await expectAgreement((a, b) => compute(a!, b!), inputs);
      await expectAgreement((a, b) => compute(b!, a!), inputs);
    }
  },
);

test('padding of seven axes', async () => {
  const paddings = shape.map((): [number, number] => [1, 0]);
  await expectAgreement((x) => tf.pad(x!, paddings, 2), [floats(shape, 1)]);
});

test('the gradient of a gather with seven axes', async () => {
  const inputs = [floats([2, 1, 2, 2, 2, 3], 1), integers([2, 2], 2, 0, 2)];
  await expectAgreement(
    gradients((x, places) => tf.gather(x!, places as tf.Tensor2D, 2)),
    inputs,
  );
});

test('truth values without elements are transposed', async () => {
  await startWasm();
  const x = tf.tensor([], [0, 7, 3, 4, 1, 2], 'bool');
  const transposed = tf.transpose(x, [0, 4, 2, 1, 3, 5]);
  expect({ shape: transposed.shape, dtype: transposed.dtype }).toEqual({
    shape: [0, 1, 3, 7, 4, 2],
    dtype: 'bool',
  });
  tf.dispose([x, transposed]);
});
