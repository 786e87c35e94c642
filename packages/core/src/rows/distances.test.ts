import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { squaredDistances } from './distances.ts';
import type { Row } from './kernels.ts';
import { innerProducts } from './rows.ts';

/** One on the host, in float64, and one beyond that. */
const SIZES = [6, 5003];

/** Rows that differ in places: their common part is `far` long, and what they differ by is about `apart`. */
function data(far: number, apart: number, count: number): Float32Array[][] {
  const random = randomFrom(count);
  const common = SIZES.map((size) => Array.from({ length: size }, () => far * (random() + 0.5)));
  return Array.from({ length: count }, () =>
    common.map((part) => Float32Array.from(part, (x) => x + apart * (random() - 0.5))),
  );
}

function squareOf(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
}

test.each([
  [1, 1],
  [1, 1e-3],
  [1e4, 1e-2],
  [1e20, 1e14],
  [1e-22, 1e-26],
  [0, 1e-25],
])('rows of elements of %d, %d apart', async (far, apart) => {
  const values = data(far, apart, 4);
  const rows = values.map((row): Row => row.map((part) => tf.tensor1d(part)));
  const { byVariable } = await innerProducts(rows);
  const tensors = tf.memory().numTensors;
  const distances = await squaredDistances(rows, byVariable);
  expect(tf.memory().numTensors).toBe(tensors);
  for (const [variable, matrix] of distances.entries()) {
    for (const [i, a] of values.entries()) {
      for (const [j, b] of values.entries()) {
        const square = squareOf(a[variable]!, b[variable]!);
        expect(Math.abs(matrix.at(i, j) - square)).toBeLessThanOrEqual(1e-5 * square);
      }
    }
  }
  tf.dispose(rows as tf.Tensor[][]);
});

test('rows that are equal, and rows that do not reach a variable', async () => {
  const [first, second] = data(1, 1, 2).map((row): Row => row.map((part) => tf.tensor1d(part)));
  const rows: Row[] = [first!, first!, [null, second![1]!], [null, null]];
  const { byVariable } = await innerProducts(rows);
  const [small, large] = await squaredDistances(rows, byVariable);
  expect([small!.at(0, 1), large!.at(0, 1), small!.at(2, 3)]).toEqual([0, 0, 0]);
  expect(small!.at(0, 2)).toBe(byVariable[0]!.at(0, 0));
  expect(large!.at(1, 3)).toBe(byVariable[1]!.at(0, 0));
});
