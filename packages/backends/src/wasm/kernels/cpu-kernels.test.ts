import * as tf from '@tensorflow/tfjs';
import { test } from 'vitest';
import { expectAgreement, floats, gradients } from '../../testing.ts';

test.each([
  ['same', 1],
  ['valid', 1],
  ['valid', 2],
  ['same', 2],
] as const)('three-dimensional convolution and pooling, %s, stride %i', async (pad, stride) => {
  const x = floats([2, 4, 5, 4, 2], 1);
  const convolution = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.conv3d(x as tf.Tensor5D, filter as tf.Tensor5D, stride, pad);
  const pooling = (x: tf.Tensor): tf.Tensor => tf.maxPool3d(x as tf.Tensor5D, 2, stride, pad);
  const averaging = (x: tf.Tensor): tf.Tensor => tf.avgPool3d(x as tf.Tensor5D, 2, stride, pad);
  const inputs = [x, floats([2, 3, 2, 2, 3], 2)];
  await expectAgreement(convolution, inputs);
  await expectAgreement(gradients(convolution), inputs);
  for (const pool of [pooling, averaging]) {
    await expectAgreement(pool, [x]);
    await expectAgreement(gradients(pool), [x]);
  }
});

test.each(['same', 'valid'] as const)('morphological dilation, %s', async (pad) => {
  const inputs = [floats([1, 5, 4, 2], 1), floats([2, 2, 2], 2)];
  const dilation = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.dilation2d(x as tf.Tensor4D, filter as tf.Tensor3D, 1, pad);
  await expectAgreement(dilation, inputs);
  await expectAgreement(gradients(dilation), inputs);
});
