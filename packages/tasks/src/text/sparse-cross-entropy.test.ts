import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { normals } from '../random.ts';
import { sparseCrossEntropy } from './sparse-cross-entropy.ts';

const lossOf = (logits: tf.Tensor2D, right: number[]) =>
  tf.tidy(() => sparseCrossEntropy(logits, tf.tensor1d(right, 'int32')).dataSync()[0]!);

test.each([2, 102, 256])('uniform logits over %i classes: the logarithm of their number', (classes) => {
  tf.tidy(() => {
    expect(lossOf(tf.fill([3, classes], 0.7), [0, 1, classes - 1])).toBeCloseTo(Math.log(classes), 6);
  });
});

test('logits far apart stay finite, in the loss and in the gradient', () => {
  tf.tidy(() => {
    const logits = tf.tensor2d([1e4, 0, -1e4, 0], [2, 2]);
    expect(lossOf(logits, [1, 1])).toBe(5000);
    const gradient = tf.grad((z) => sparseCrossEntropy(z as tf.Tensor2D, tf.tensor1d([1, 1], 'int32')))(
      logits,
    );
    expect(gradient.arraySync()).toEqual([
      [0.5, -0.5],
      [0, 0],
    ]);
  });
});

test('value and gradient are those of the formula in float64', () => {
  const [rows, classes] = [5, 9];
  const right = [3, 0, 8, 8, 1];
  const logits = normals(rows * classes, 3, 11);
  const powers = [...logits].map(Math.exp);
  const total = (row: number) => powers.slice(row * classes, (row + 1) * classes).reduce((s, x) => s + x, 0);
  const loss =
    right.reduce((s, label, row) => s + Math.log(total(row)) - logits[row * classes + label]!, 0) / rows;
  tf.tidy(() => {
    const z = tf.tensor2d(logits, [rows, classes]);
    expect(lossOf(z, right)).toBeCloseTo(loss, 5);
    const triple = (x: tf.Tensor) =>
      tf.mul(3, sparseCrossEntropy(x as tf.Tensor2D, tf.tensor1d(right, 'int32')));
    for (const [index, derivative] of tf.grad(triple)(z).dataSync<'float32'>().entries()) {
      const [row, column] = [Math.floor(index / classes), index % classes];
      const share = powers[index]! / total(row) - (right[row] === column ? 1 : 0);
      expect(derivative).toBeCloseTo((3 * share) / rows, 6);
    }
  });
});
