import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { startWasm } from '../start.ts';

test('everything but zero casts to true', async () => {
  await startWasm();
  expect([...tf.cast(tf.tensor1d([0, -0, 0.5, -3, 2.7, 256, Number.NaN]), 'bool').dataSync()]).toEqual([
    0, 0, 1, 1, 1, 1, 1,
  ]);
  expect([...tf.cast(tf.tensor1d([0, -3, 256], 'int32'), 'bool').dataSync()]).toEqual([0, 1, 1]);
  expect([...tf.cast(tf.tensor1d([true, false], 'bool'), 'bool').dataSync()]).toEqual([1, 0]);
});

test('a cast to the same type copies nothing', async () => {
  await startWasm();
  const x = tf.tensor1d([1, 2]);
  expect(tf.engine().runKernel('Cast', { x }, { dtype: 'float32' })).toHaveProperty('dataId', x.dataId);
});

test('other casts are as before', async () => {
  await startWasm();
  expect([...tf.cast(tf.tensor1d([true, false], 'bool'), 'float32').dataSync()]).toEqual([1, 0]);
  expect([...tf.cast(tf.tensor1d([2.7, -2.7]), 'int32').dataSync()]).toEqual([2, -2]);
});
