import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { createMeter } from './meter.ts';

beforeAll(() => tf.setBackend('cpu'));

/** Holds at most two tensors of 4 kB, in any shape, beside those that exist. */
async function step(): Promise<void> {
  const first = tf.zeros([1000]);
  const shaped = first.reshape([10, 100]);
  first.dispose();
  await Promise.resolve();
  const second = tf.add(shaped, 1);
  shaped.dispose();
  const third = tf.add(second, 1);
  tf.dispose([second, third]);
}

test('counts steps and the most bytes that tensors hold at once, with those that were there before', async () => {
  const there = tf.zeros([500]);
  const before = tf.memory().numBytes;
  const meter = createMeter();
  expect(meter.cost()).toBeUndefined();
  for (let count = 1; count <= 5; count++) {
    await meter.step(step);
    // Adding takes a buffer of one number.
    expect(meter.cost()).toEqual({ steps: count, peakBytes: before + 8000 + 4 });
  }
  there.dispose();
});

test('watches the second step, and none after it', async () => {
  const meter = createMeter();
  const kept: tf.Tensor[] = [];
  const before = tf.memory().numBytes;
  const sizes = [1, 100, 1000];
  for (const size of sizes) await meter.step(async () => kept.push(tf.zeros([size])));
  expect(meter.cost()).toEqual({ steps: 3, peakBytes: before + 4 * (1 + 100) });
  tf.dispose(kept);
});

test('counts a step that throws, and leaves the engine as it was', async () => {
  const { trackTensor, removeDataId } = tf.engine();
  const meter = createMeter();
  await expect(meter.step(() => Promise.reject(new Error('no step')))).rejects.toThrow('no step');
  expect(meter.cost()?.steps).toBe(1);
  expect(tf.engine().trackTensor).toBe(trackTensor);
  expect(tf.engine().removeDataId).toBe(removeDataId);
});
