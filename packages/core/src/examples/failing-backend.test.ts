import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { failAfter } from '../testing/failing-backend.ts';
import { watching } from '../testing/separate-gradients.ts';
import { createTrainer } from '../trainer/trainer.ts';

// A backend may fail anywhere in a step with examples, too. Then nothing is left behind.

// This runs on the cpu backend, whose calls for memory have the names that are looked for.
beforeAll(() => tf.setBackend('cpu'));
afterEach(() => {
  vi.restoreAllMocks();
  tf.disposeVariables();
});

test.each([1, 1e-15])('losses times %s', async (scale) => {
  const x = tf.tensor2d([1, 2, 3, -1, 0, 2], [2, 3]);
  const kernel = tf.variable(tf.tensor2d([1, -2, 0.5, 1, 2, -1], [3, 2]), true, 'kernel');
  const table = tf.variable(tf.tensor2d([0.5, 1, -1, 2, 1, 1], [3, 2]), true, 'table');
  const centre = tf.variable(tf.tensor1d([0.5, -0.5]), true, 'centre');
  const words = tf.tensor1d([2, 0], 'int32');
  const features = () => tf.tanh(tf.add(tf.add(tf.matMul(x, kernel), tf.gather(table, words)), centre));
  const together = () => tf.tidy(() => tf.mul(tf.sum(tf.square(features()), 1), scale));
  const meeting = () => tf.tidy(() => tf.sum(tf.square(tf.sub(features(), tf.mean(features(), 0))), 1));
  const trainer = createTrainer({
    objectives: [
      { name: 'together', priority: 0, perExample: true, loss: together },
      { name: 'meeting', priority: 1, perExample: true, loss: meeting },
      { name: 'whole', priority: 1, loss: () => tf.tidy(() => tf.sum(tf.square(kernel))) },
    ],
    combiner: { ...watching(1), distances: true },
    variables: [kernel, table, centre],
    optimizer: tf.train.sgd(0.1),
  });
  await trainer.step();
  const count = failAfter(Number.POSITIVE_INFINITY);
  await trainer.step();
  const calls = count();
  vi.restoreAllMocks();
  expect(calls).toBeGreaterThan(100);
  const before = await trainer.checkpoint();
  const { numTensors } = tf.memory();
  for (let call = 0; call < calls; call++) {
    failAfter(call);
    await expect(trainer.step()).rejects.toThrow('out of memory');
    vi.restoreAllMocks();
    expect(tf.memory(), `request ${call} of ${calls}`).toMatchObject({ numTensors });
  }
  expect(await trainer.checkpoint()).toEqual(before);
  expect((await trainer.step()).updated).toBe(true);
  trainer.dispose();
  tf.dispose([x, words]);
});
