import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { test } from 'vitest';
import { expectAgreement, floats, forAll, gradients } from '../../testing.ts';

const cases = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    height: fc.integer({ min: 1, max: 9 }),
    width: fc.integer({ min: 1, max: 9 }),
    channels: fc.constantFrom(1, 3, 4, 6, 9),
    filter: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    pad: fc.constantFrom('same' as const, 'valid' as const),
    seed: fc.nat(),
  })
  .filter(({ height, width, filter }) => height >= filter[0] && width >= filter[1]);

// Elements have both signs, because the stock kernel loses the gradient of windows without a positive
// element.
test('pooling and its gradients, on random windows', () =>
  forAll(
    cases,
    async ({ batch, height, width, channels, filter, strides, pad, seed }) => {
      const x = floats([batch, height, width, channels], seed);
      for (const pool of [tf.maxPool, tf.avgPool]) {
        const layer = (x: tf.Tensor): tf.Tensor => pool(x as tf.Tensor4D, filter, strides, pad);
        await expectAgreement(layer, [x]);
        await expectAgreement(gradients(layer), [x]);
      }
    },
    100,
  ));

test('the first of equal elements gets the gradient', async () => {
  const pool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 3, 2, 1, 'floor');
  for (const value of [0, -1, 2])
    await expectAgreement(gradients(pool), [
      { shape: [2, 7, 7, 2], dtype: 'float32', values: Array(196).fill(value) },
    ]);
});
