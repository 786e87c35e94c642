import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { startWasm } from '../start.ts';

// The stock kernel multiplies by the right operand as it was packed for the first product.
test('a right operand that comes again in another shape is multiplied in that shape', async () => {
  await startWasm();
  const column = tf.tensor2d([1, 2, 3, 4, 5, 6], [6, 1]);
  const left = tf.ones([2, 6]) as tf.Tensor2D;
  const tensors = tf.memory().numTensors;
  const results = tf.tidy(() => {
    const first = tf.matMul(left, column);
    const one = tf.tensor2d([2, 10], [2, 1]);
    return [
      first,
      tf.matMul(one, column, false, true),
      tf.matMul(one, tf.reshape(column, [1, 6])),
      tf.matMul(tf.tensor2d([1, 1], [1, 2]), tf.reshape(column, [2, 3])),
      tf.matMul(left, column),
    ].map((product) => [...product.dataSync()]);
  });
  expect(tf.memory().numTensors).toBe(tensors);
  const outer = [2, 4, 6, 8, 10, 12, 10, 20, 30, 40, 50, 60];
  expect(results).toEqual([[21, 21], outer, outer, [5, 7, 9], [21, 21]]);
});
