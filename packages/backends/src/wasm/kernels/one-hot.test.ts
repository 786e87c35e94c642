import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { startWasm } from '../start.ts';

beforeAll(() => startWasm());

test.each(['float32', 'int32', 'bool'] as const)('%s has ones where the indices say', (dtype) => {
  const hot = tf.oneHot(tf.tensor1d([2, 0, 1], 'int32'), 3, 1, 0, dtype);
  expect(hot.dtype).toBe(dtype);
  expect([...hot.dataSync()]).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
});

test('takes other values and more dimensions, and leaves out indices without a place', () => {
  const indices = tf.tensor2d(
    [
      [1, -1],
      [7, 0],
    ],
    [2, 2],
    'int32',
  );
  expect(tf.oneHot(indices, 2, 0.5, -3, 'float32').arraySync()).toEqual([
    [
      [-3, 0.5],
      [-3, -3],
    ],
    [
      [-3, -3],
      [0.5, -3],
    ],
  ]);
});
