import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { startWasm } from './start.ts';

test.each([
  ['as long as the whole memory', 2 ** 30 - 1],
  ['whose length in bytes has more than 32 bits', 2 ** 30 + 2],
])('a tensor %s is refused, and the others keep their values', async (_, length) => {
  await startWasm();
  const kept = tf.tensor1d([1, 2, 3]);
  const before = tf.memory();
  expect(() => tf.tile(kept, [length / 3])).toThrow(/memory is full.* 4 GiB.*Dispose/);
  expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numBytes: before.numBytes });
  expect([...kept.dataSync()]).toEqual([1, 2, 3]);
  const next = tf.add(kept, 1);
  expect([...next.dataSync()]).toEqual([2, 3, 4]);
  tf.dispose([kept, next]);
});
