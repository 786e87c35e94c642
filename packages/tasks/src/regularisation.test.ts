import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';
import { dropoutMasks, withDecay } from './regularisation.ts';
import { smoothMnist } from './vision/smooth-mnist.ts';
import { weightDecay } from './vision/weight-decay.ts';

afterEach(() => tf.disposeVariables());

test.each([
  ['sgd', () => tf.train.sgd(0.1)],
  ['adam', () => tf.train.adam(0.1)],
  ['momentum', () => tf.train.momentum(0.1, 0.9)],
])('%s with decay and no gradient: kernels shrink by 1 − rate · decay, biases stay', (_, create) => {
  const kernel = tf.variable(tf.tensor2d([[1, -2]]), true, 'kernel');
  const bias = tf.variable(tf.tensor1d([3]), true, 'bias');
  const optimizer = withDecay(create(), 0.5, [kernel, bias]);
  const gradients = [
    { name: 'kernel', tensor: tf.zeros([1, 2]) },
    { name: 'bias', tensor: tf.zeros([1]) },
  ];
  optimizer.applyGradients(gradients);
  const tensors = tf.memory().numTensors;
  optimizer.applyGradients(gradients);
  expect(tf.memory().numTensors).toBe(tensors);
  const shrunk = (1 - 0.1 * 0.5) ** 2;
  for (const [index, weight] of [shrunk, -2 * shrunk].entries())
    expect(kernel.dataSync()[index]).toBeCloseTo(weight, 6);
  expect(bias.dataSync()[0]).toBe(3);
  optimizer.dispose();
  tf.dispose(gradients.map(({ tensor }) => tensor));
});

test('masks of dropout depend on seed and step, and keep the mean', () => {
  const values = (seed: number, step: number) => {
    const masks = dropoutMasks(0.25, 100, [30, 20], seed, step);
    const found = masks.map((mask) => [...mask.dataSync()]);
    tf.dispose(masks);
    return found;
  };
  const [first, second] = values(1, 7);
  expect([first!.length, second!.length]).toEqual([3000, 2000]);
  expect(values(1, 7)).toEqual([first, second]);
  expect(values(1, 8)).not.toEqual([first, second]);
  expect(values(2, 7)).not.toEqual([first, second]);
  expect(new Set(first)).toEqual(new Set([0, Math.fround(4 / 3)]));
  const mean = first!.reduce((sum, value) => sum + value, 0) / 3000;
  // Four standard deviations: a value has the variance p / (1 − p).
  expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(1 / 3 / 3000));
});

test.each([
  ['smooth-mnist', smoothMnist],
  ['weight-decay', weightDecay],
])('%s: dropout changes losses in training and not the evaluation', async (_, create) => {
  const course = { epochs: 1, batch: 10, images: 20 };
  const results = [];
  for (const dropout of [undefined, 0.5]) {
    const task = await create({ ...course, dropout }, 1);
    const batch = task.batch(0);
    results.push({
      loss: tf.tidy(() => (task.objectives[0]!.loss(batch as never) as tf.Scalar).dataSync()[0]!),
      ...(await task.evaluate()),
    });
    tf.dispose(batch as tf.TensorContainer);
    task.dispose();
  }
  const [without, dropped] = results;
  expect(dropped!.loss).not.toBe(without!.loss);
  expect(dropped!.train).toEqual(without!.train);
  expect(dropped!.test).toEqual(without!.test);
});
