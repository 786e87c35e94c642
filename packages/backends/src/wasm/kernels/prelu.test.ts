import * as tf from '@tensorflow/tfjs';
import { test } from 'vitest';
import { expectAgreement, floats, gradients } from '../../testing.ts';

test.each([
  [[5], [4, 5]],
  [
    [1, 5],
    [4, 5],
  ],
  [
    [4, 1],
    [4, 5],
  ],
  [[1], [4, 5]],
  [[], [4, 5]],
  [
    [4, 5],
    [4, 5],
  ],
  [
    [3, 1, 5],
    [2, 3, 4, 5],
  ],
])('slopes %j for inputs %j', async (slopes, shape) => {
  const inputs = [floats(shape as number[], 1), floats(slopes as number[], 2)];
  const layer = (x: tf.Tensor, alpha: tf.Tensor): tf.Tensor => tf.prelu(x, alpha);
  await expectAgreement(layer, inputs);
  await expectAgreement(gradients(layer), inputs);
});
