import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { valley } from './valley.ts';

test('the losses at the start are those of the formula', async () => {
  const task = valley({ scale: 10 });
  expect((await task.evaluate()).train).toEqual({ main: 20.5, auxiliary: 5 });
  task.dispose();
});

test('nothing is left over', async () => {
  const before = tf.memory().numTensors;
  const task = valley();
  await task.evaluate();
  task.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
