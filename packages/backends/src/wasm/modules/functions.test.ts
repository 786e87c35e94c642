import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { startWasm } from '../start.ts';

test('a backend that was made anew has to be started anew', async () => {
  await startWasm();
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory);
  await tf.setBackend('wasm');
  const product = (): number[] => [...tf.matMul(tf.ones([2, 3]), tf.ones([3, 1])).dataSync()];
  expect(product).toThrow('Call startWasm() of @scalpel/backends again.');
  await startWasm();
  expect(product()).toEqual([3, 3]);
});
