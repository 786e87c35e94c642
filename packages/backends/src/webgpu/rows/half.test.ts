import { combinations, halved, innerProducts } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { webgpuMissing } from '../../testing/driver.ts';
import { halvedRows, halvesOf, stored, tensorsOf, valuesOf } from '../../testing/halves.ts';
import { forAll } from '../../testing.ts';
import type { WatchedBackend } from '../backend.ts';
import { startWebgpu } from '../start.ts';
import { BLOCK } from './commands.ts';

const missing = await webgpuMissing();
const drawn = halvesOf([2049, BLOCK - 1, BLOCK + 1, 2 * BLOCK + 77], 9);

const state = () => ({
  tensors: tf.memory().numTensors,
  buffers: tf.backend().numDataIds(),
  bytes: (tf.backend() as unknown as WatchedBackend).bufferManager.numBytesUsed,
});

describe.skipIf(missing)(missing ?? 'on WebGPU', () => {
  beforeEach(startWebgpu);

  test('elements are rounded to float16, at any scale', () =>
    forAll(
      drawn,
      async (data) => {
        const values = valuesOf({ ...data, rows: 2 });
        const before = state();
        const rows = await halvedRows(values);
        const results = combinations(rows, 2, () => [
          [1, 0],
          [0, 1],
        ]);
        for (const [i, row] of values.entries()) {
          for (const [v, part] of row.entries()) {
            const actual = (await results[i]![v]?.data()) ?? new Float32Array(part.length);
            const largest = part.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
            for (const [at, x] of stored(part).entries()) {
              // A device may take the smallest float16 numbers for zero.
              const isRight = actual[at] === Math.fround(x) || Math.abs(x) <= 2 ** -28 * largest;
              if (!isRight || Math.abs(actual[at]!) > Math.abs(x) * (1 + 1e-7))
                expect([v, at, actual[at]]).toEqual([v, at, x]);
            }
          }
        }
        tf.dispose(results as tf.Tensor[][]);
        expect(state()).toEqual(before);
      },
      4,
    ));

  test('inner products and combinations are those of the rounded elements', () =>
    forAll(
      drawn,
      async (data) => {
        const near = { ...data, decades: 2, exponents: data.exponents.map((exponent) => exponent / 10) };
        const values = valuesOf(near).map((row, i) =>
          row.map((part, v) => ((i + v) % 5 === 4 ? null : part)),
        );
        const count = Math.ceil(values.length / 2);
        const rows = [...(await halvedRows(values.slice(0, count))), ...tensorsOf(values.slice(count))];
        const exact = values.map((row, i) =>
          row.map((part) => part && (i < count ? stored(part) : Float64Array.from(part))),
        );
        const { byVariable } = await innerProducts(rows);
        const lists = [rows.map((_, i) => 1 - i / 2), rows.map((_, i) => (i % 2 === 0 ? 0 : 3 + i))];
        const results = combinations(rows, count, () => lists);
        for (const [v, size] of data.sizes.entries()) {
          for (const [i, a] of exact.entries()) {
            for (const [j, b] of exact.entries()) {
              let [sum, terms] = [0, 0];
              for (let at = 0; at < size; at++) {
                const product = (a[v]?.[at] ?? 0) * (b[v]?.[at] ?? 0);
                sum += product;
                terms += Math.abs(product);
              }
              expect(Math.abs(byVariable[v]!.at(i, j) - sum)).toBeLessThanOrEqual(1e-6 * terms);
            }
          }
          for (const [k, list] of lists.entries()) {
            const actual = (await results[k]![v]?.data()) ?? new Float32Array(size);
            for (let at = 0; at < size; at++) {
              let [sum, terms] = [0, 0];
              for (const [i, row] of exact.entries()) {
                sum += list[i]! * (row[v]?.[at] ?? 0);
                terms += Math.abs(list[i]! * (row[v]?.[at] ?? 0));
              }
              if (!(Math.abs(actual[at]! - sum) <= 1e-6 * terms + 1e-30))
                expect([v, at, actual[at]]).toEqual([v, at, sum]);
            }
          }
        }
        tf.dispose([...results, ...rows.slice(count)] as tf.Tensor[][]);
      },
      3,
    ));

  test('a row takes half of the memory', async () => {
    const row = [tf.ones([1000, 50])];
    // This brings it to the device.
    await innerProducts([row]);
    const before = state().bytes;
    const half = halved(row);
    await innerProducts([half]);
    expect(before - state().bytes).toBeGreaterThan(0.49 * 4 * 50_000);
    tf.dispose(half as tf.Tensor[]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('an element that is %f is found', async (value) => {
    const values = Float32Array.from({ length: 5001 }, (_, i) => (i === 4321 ? value : 1));
    const rows = [halved([tf.ones([3]), tf.ones([5001])]), halved([tf.zeros([3]), tf.tensor1d(values)])];
    await expect(innerProducts(rows)).rejects.toMatchObject({ row: 1, variable: 1 });
    tf.dispose(rows as tf.Tensor[][]);
  });
});
