import * as tf from '@tensorflow/tfjs';
import { test } from 'vitest';
import { expectAgreement, floats, gradients } from '../../testing.ts';

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
    // Of the other activations, tfjs has no fused gradient.
    if (attributes.activation === 'relu' || attributes.activation === 'linear')
      await expectAgreement(gradients(layer), [a, b, bias]);
  },
);
