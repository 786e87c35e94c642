import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { normals } from '../random.ts';
import { dot } from '../testing/training.ts';
import { layerNorm } from './layer-norm.ts';

const rows = () => tf.add<tf.Tensor2D>(tf.tensor2d(normals(4 * 10, 3, 5), [4, 10]), 7);

test('every row has mean 0 and deviation 1, whatever its own are', () => {
  tf.tidy(() => {
    for (const row of layerNorm(rows()).arraySync()) {
      expect(row.reduce((s, x) => s + x, 0)).toBeCloseTo(0, 5);
      expect(dot(row, row) / row.length).toBeCloseTo(1, 5);
    }
    expect([...layerNorm(tf.fill([1, 4], 3)).dataSync()]).toEqual([0, 0, 0, 0]);
  });
});

test('the gradient is that of the operations it is made of', () => {
  const plain = (x: tf.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  };
  tf.tidy(() => {
    const weights = tf.tensor2d(normals(4 * 10, 1, 6), [4, 10]);
    const gradient = (norm: (x: tf.Tensor) => tf.Tensor) =>
      tf
        .grad((x: tf.Tensor) => tf.sum(tf.mul(norm(x), weights)))(rows())
        .dataSync();
    const expected = gradient(plain);
    for (const [index, derivative] of gradient(layerNorm).entries())
      expect(derivative).toBeCloseTo(expected[index]!, 5);
  });
});
