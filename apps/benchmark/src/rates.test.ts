import { startWasm } from '@scalpel/backends';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { measureRates } from './rates.ts';

test('a backend has rates of its own, and no tensor stays', async () => {
  await startWasm();
  const before = tf.memory().numTensors;
  const { copyBytesPerSecond, matrixProductPerSecond } = await measureRates();
  // The range goes from a slow laptop to the fastest GPU.
  expect(copyBytesPerSecond).toBeGreaterThan(1e7);
  expect(copyBytesPerSecond).toBeLessThan(1e14);
  expect(matrixProductPerSecond).toBeGreaterThan(1e7);
  expect(matrixProductPerSecond).toBeLessThan(1e16);
  expect(tf.memory().numTensors).toBe(before);
});
