import { combinations, halved, innerProducts, type StoredRow } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, expect, test } from 'vitest';
import { halvedRows, halvesOf, stored, tensorsOf, valuesOf } from '../../testing/halves.ts';
import { forAll } from '../../testing.ts';
import { startWasm } from '../start.ts';

beforeEach(() => startWasm());

const drawn = halvesOf([127, 2047, 2048, 2049, 4999], 7);

test('elements are rounded to the nearest float16 number, at any scale', () =>
  forAll(drawn, async (data) => {
    const values = valuesOf(data);
    const before = { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
    const rows = await halvedRows(values);
    const results = combinations(rows, rows.length, (_) =>
      rows.map((_, i) => rows.map((_, j) => Number(i === j))),
    );
    for (const [i, row] of values.entries()) {
      for (const [v, part] of row.entries()) {
        const actual = results[i]![v]?.dataSync() ?? new Float32Array(part.length);
        const largest = part.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        for (const [at, expected] of stored(part).entries()) {
          if (actual[at] !== Math.fround(expected)) expect([at, actual[at]]).toEqual([at, expected]);
          const bound = 2 ** -11 * Math.abs(part[at]!) + 2 ** -39 * largest + 2 ** -135;
          if (!(Math.abs(expected - part[at]!) <= bound)) expect([at, expected]).toEqual([at, part[at]]);
        }
      }
    }
    tf.dispose(results as tf.Tensor[][]);
    expect({ tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() }).toEqual(before);
  }));

/** Some rows in float16, some in float32, some absent. */
async function mixed(values: readonly Float32Array[][]) {
  const kept = values.map((row, i) => row.map((part, v) => ((i + v) % 5 === 4 ? null : part)));
  const rows: StoredRow[] = await halvedRows(kept.filter((_, i) => i % 3 !== 2));
  const others = tensorsOf(kept.filter((_, i) => i % 3 === 2));
  const exact = kept.map((row, i) =>
    row.map((part) => part && (i % 3 === 2 ? Float64Array.from(part) : stored(part))),
  );
  return {
    rows: [...rows, ...others],
    exact: [...exact.filter((_, i) => i % 3 !== 2), ...exact.filter((_, i) => i % 3 === 2)],
  };
}

test('inner products are those of the rounded elements, to the rounding of float64', () =>
  forAll(drawn, async (data) => {
    const values = valuesOf(data);
    const { rows, exact } = await mixed(values);
    const { byVariable, precision } = await innerProducts(rows);
    expect(precision).toBe(1e-16);
    for (const v of data.sizes.keys()) {
      for (const [i, a] of exact.entries()) {
        for (const [j, b] of exact.entries()) {
          let [sum, size] = [0, 0];
          for (const [at, x] of (a[v] ?? []).entries()) {
            sum += x * (b[v]?.[at] ?? 0);
            size += Math.abs(x * (b[v]?.[at] ?? 0));
          }
          expect(Math.abs(byVariable[v]!.at(i, j) - sum)).toBeLessThanOrEqual(1e-13 * size);
        }
      }
    }
    tf.dispose(rows as tf.Tensor[][]);
  }));

test('combinations are rounded once, and leave rows that are not used up as they are', () =>
  forAll(drawn, async (data) => {
    const { rows, exact } = await mixed(valuesOf(data));
    const lists = [rows.map((_, i) => 1 - i / 2), rows.map((_, i) => (i % 2 === 0 ? 0 : 3 + i))];
    for (const spent of [0, rows.length]) {
      const results = combinations(rows, spent, () => lists);
      for (const [k, list] of lists.entries()) {
        for (const [v, size] of data.sizes.entries()) {
          const actual = results[k]![v]?.dataSync() ?? new Float32Array(size);
          for (let at = 0; at < size; at++) {
            let [sum, largest] = [0, 0];
            for (const [i, row] of exact.entries()) {
              const term = list[i]! * (row[v]?.[at] ?? 0);
              sum += term;
              largest += Math.abs(term);
            }
            const bound = 2 ** -24 * Math.abs(sum) + 1e-14 * largest + 2 ** -149;
            if (Math.abs(actual[at]! - sum) > bound) expect([at, actual[at]]).toEqual([at, sum]);
          }
        }
      }
      tf.dispose(results as tf.Tensor[][]);
    }
  }));

test('a row takes half of the memory', () => {
  const row = [tf.ones([1000, 50]), tf.ones([33])];
  const bytes = tf.memory().numBytes;
  const half = halved(row);
  // A word for two elements, and for each variable a number.
  expect(tf.memory().numBytes - bytes).toBe(-(4 * 50_033) + 4 * (25_000 + 17) + 8);
  tf.dispose(half as tf.Tensor[]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'an element that is %f is found, wherever it is',
  async (value) => {
    for (const at of [0, 3, 130, 131]) {
      const values = Float32Array.from({ length: 132 }, (_, i) => (i === at ? value : 1));
      const rows = [halved([tf.ones([3]), tf.ones([132])]), halved([tf.zeros([3]), tf.tensor1d(values)])];
      await expect(innerProducts(rows, [tf.scalar(7)])).rejects.toMatchObject({
        row: 1,
        variable: 1,
        scalars: [7],
      });
      tf.dispose(rows as tf.Tensor[][]);
    }
  },
);
