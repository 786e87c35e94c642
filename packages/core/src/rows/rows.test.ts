import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import type { Row } from './kernels.ts';
import { combinations, innerProducts, NonFiniteRow } from './rows.ts';

/** Larger than tensors that are multiplied on the host, and not a multiple of the block length. */
const LARGE = 5003;
const sizes = [6, LARGE];

function vectors(seed: number, rows: number, scale = 1): Float32Array[][] {
  const random = randomFrom(seed);
  return Array.from({ length: rows }, () =>
    sizes.map((size) => Float32Array.from({ length: size }, () => (random() - 0.3) * scale)),
  );
}

const rowsOf = (data: readonly Float32Array[][]): Row[] =>
  data.map(([small, large]) => [tf.tensor2d(small!, [2, 3]), tf.tensor1d(large!)]);

function dot(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return a.reduce((sum, part, v) => part.reduce((s, x, i) => s + x * b[v]![i]!, sum), 0);
}

test.each([1e-30, 1e-22, 1e-10, 1, 1e10, 1e20, 1e30])('inner products at scale %f', async (scale) => {
  // One row keeps its scale, so that products of unequal rows are tested too.
  const data = [...vectors(1, 2, scale), ...vectors(2, 1)];
  const rows = rowsOf(data);
  const tensors = tf.memory().numTensors;
  const three = tf.scalar(3);
  const { byVariable, scalars, precision } = await innerProducts(rows, [three]);
  three.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
  expect(scalars).toEqual([3]);
  expect(precision).toBe(1e-7);
  for (const [i, a] of data.entries()) {
    for (const [j, b] of data.entries()) {
      const length = Math.sqrt(dot(a, a) * dot(b, b));
      const value = byVariable[0]!.at(i, j) + byVariable[1]!.at(i, j);
      expect(Math.abs(value - dot(a, b)) / length).toBeLessThan(1e-6);
    }
  }
});

test.each([1e-30, 1e-22, 1e20, 1e30])(
  'a variable at scale %f beside one at scale 1 keeps its digits',
  async (scale) => {
    const data = [vectors(1, 2, scale), vectors(2, 2)].map((part) => part.map(([, large]) => large!));
    const rows = [0, 1].map((row): Row => data.map((part) => tf.tensor1d(part[row]!)));
    const { byVariable } = await innerProducts(rows);
    for (const [variable, [a, b]] of data.entries()) {
      const length = Math.sqrt(dot([a!], [a!]) * dot([b!], [b!]));
      expect(Math.abs(byVariable[variable]!.at(0, 1) - dot([a!], [b!])) / length).toBeLessThan(1e-6);
    }
  },
);

test('a variable without elements is finite, and its inner products are 0', async () => {
  // Rows of zeros are computed again, element by element.
  const row: Row = [tf.zeros([0, 3]), tf.zeros([LARGE])];
  const { byVariable } = await innerProducts([row]);
  expect(byVariable.map((gramian) => gramian.at(0, 0))).toEqual([0, 0]);
});

test('small variables are multiplied in float64', async () => {
  const data = vectors(3, 3).map(([small]) => [small!]);
  const rows = data.map(([small]): Row => [tf.tensor1d(small!)]);
  const { byVariable, precision } = await innerProducts(rows);
  expect(precision).toBe(1e-16);
  expect(byVariable[0]!.at(0, 2)).toBe(dot(data[0]!, data[2]!));
});

test('a null stands for zeros', async () => {
  const [a, b] = rowsOf(vectors(4, 2));
  const { byVariable } = await innerProducts([a!, [null, b![1]!], [b![0]!, null]]);
  expect([byVariable[0]!.at(0, 1), byVariable[0]!.at(1, 1), byVariable[1]!.at(1, 2)]).toEqual([0, 0, 0]);
  expect(byVariable[0]!.at(0, 2)).not.toBe(0);
  expect(byVariable[1]!.at(0, 1)).not.toBe(0);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'an element that is %f is found',
  async (value) => {
    for (const variable of [0, 1]) {
      const data = vectors(5, 3);
      data[1]![variable]![2] = value;
      const failure = await innerProducts(rowsOf(data)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(NonFiniteRow);
      expect(failure).toMatchObject({ row: 1, variable });
    }
  },
);

test('combinations skip what has no coefficient', () => {
  const data = vectors(6, 2);
  const rows = [...rowsOf(data), [tf.fill([2, 3], Number.NaN), null]];
  const [small, large] = combinations(rows, 0, (v) => [v === 0 ? [2, -1, 0] : [0, 0, 5]])[0]!;
  for (const [i, x] of small!.dataSync().entries()) {
    expect(x).toBeCloseTo(2 * data[0]![0]![i]! - data[1]![0]![i]!, 6);
  }
  expect(large).toBeNull();
});
