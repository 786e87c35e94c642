import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { expectAgreement, floats, gradients } from '../../testing.ts';
import { startWasm } from '../start.ts';

const cases = (['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const).flatMap((activation) =>
  [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) => ({ activation, transposeA, transposeB })),
  ),
);

test.each(cases)(
  '$activation of a product with a bias, transposed: $transposeA $transposeB',
  async (attributes) => {
    const a = floats(attributes.transposeA ? [4, 3] : [3, 4], 1);
    const b = floats(attributes.transposeB ? [5, 4] : [4, 5], 2);
    const bias = floats([5], 3);
    const layer = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor): tf.Tensor =>
      tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, ...attributes });
    await expectAgreement(layer, [a, b, bias]);
    // tfjs has no fused gradient of the other activations.
    if (attributes.activation === 'relu' || attributes.activation === 'linear')
      await expectAgreement(gradients(layer), [a, b, bias]);
  },
);

test('a convolution with a bias and a PReLU', () =>
  expectAgreement(
    (x, filter, bias, alpha) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias,
        activation: 'prelu',
        preluActivationWeights: alpha,
      }),
    [floats([2, 5, 4, 3], 1), floats([3, 3, 3, 2], 2), floats([2], 3), floats([1, 1, 2], 4)],
  ));

test('an activation that is not there is named, and nothing is left behind', async () => {
  await startWasm();
  const a = tf.ones([2, 2]);
  const attributes = { transposeA: false, transposeB: false, activation: 'swish' };
  const before = tf.backend().numDataIds();
  expect(() => tf.engine().runKernel('_FusedMatMul', { a, b: a }, attributes)).toThrow(
    "no activation 'swish'. Apply it to the result instead.",
  );
  expect(tf.backend().numDataIds()).toBe(before);
});
