import { readFile } from 'node:fs/promises';
import { randomFrom } from '@scalpel/core';
import { combinations, innerProducts, type Row } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { compiled, modules } from '../../../assembly/compile.ts';
import { forAll } from '../../testing.ts';
import { startWasm } from '../start.ts';

beforeEach(() => startWasm());

test.each(Object.entries(modules))('%s is what its WebAssembly was compiled from', async (source, target) => {
  expect(await compiled(source)).toBe(await readFile(target, 'utf8'));
});

/** The values from which rows are drawn. The rows themselves would fill the screen when a property fails. */
interface Drawn {
  readonly sizes: readonly number[];
  readonly rows: number;
  /** Rows have elements of about 10 to this power. */
  readonly exponents: readonly number[];
  readonly absent: number;
  readonly seed: number;
}

/**
 * Lengths around the ends of vectors and blocks, up to 33 rows, and scales at which float32 squares vanish or
 * overflow.
 */
const drawn: fc.Arbitrary<Drawn> = fc.record({
  sizes: fc.array(
    fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(127, 128, 131, 511, 513, 1030, 4999)),
    { minLength: 1, maxLength: 4 },
  ),
  rows: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(33)),
  exponents: fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 33, maxLength: 33 }),
  absent: fc.double({ min: 0, max: 0.5, noNaN: true }),
  seed: fc.nat(),
});

/** Row by row, then variable by variable. Some are null. */
function valuesOf({ sizes, rows, exponents, absent, seed }: Drawn): readonly (Float32Array | null)[][] {
  const random = randomFrom(seed);
  return Array.from({ length: rows }, (_, row) =>
    sizes.map((size) =>
      random() < absent
        ? null
        : Float32Array.from({ length: size }, () => (random() - 0.4) * 10 ** exponents[row]!),
    ),
  );
}

const tensorsOf = (values: readonly (Float32Array | null)[][]): Row[] =>
  values.map((row) => row.map((part) => part && tf.tensor1d(part)));

/** Σ aᵢ bᵢ and Σ |aᵢ bᵢ| */
function products(a: Float32Array | null, b: Float32Array | null): { sum: number; size: number } {
  let [sum, size] = [0, 0];
  if (a && b) {
    for (const [i, x] of a.entries()) {
      sum += x * b[i]!;
      size += Math.abs(x * b[i]!);
    }
  }
  return { sum, size };
}

describe('gram', () => {
  test('gives inner products to the rounding of float64, at any scale and length', () =>
    forAll(drawn, async (data) => {
      const values = valuesOf(data);
      const rows = tensorsOf(values);
      const before = { tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() };
      const { byVariable, precision } = await innerProducts(rows);
      expect({ tensors: tf.memory().numTensors, buffers: tf.backend().numDataIds() }).toEqual(before);
      expect(precision).toBe(1e-16);
      for (const v of data.sizes.keys()) {
        for (const [i, a] of values.entries()) {
          for (const [j, b] of values.entries()) {
            const { sum, size } = products(a[v]!, b[v]!);
            expect(Math.abs(byVariable[v]!.at(i, j) - sum)).toBeLessThanOrEqual(1e-13 * size);
          }
        }
      }
      tf.dispose(rows as tf.Tensor[][]);
    }));

  test('reads scalars along', async () => {
    const scalars = [tf.scalar(3), tf.scalar(-0.5)];
    expect((await innerProducts([], scalars)).scalars).toEqual([3, -0.5]);
    tf.dispose(scalars);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'finds an element that is %f, wherever it is',
    async (value) => {
      for (const at of [0, 3, 130, 131]) {
        const values = Float32Array.from({ length: 132 }, (_, i) => (i === at ? value : 1));
        const rows: Row[] = [
          [tf.ones([3]), tf.ones([132])],
          [tf.zeros([3]), tf.tensor1d(values)],
        ];
        await expect(innerProducts(rows)).rejects.toMatchObject({ row: 1, variable: 1 });
        tf.dispose(rows as tf.Tensor[][]);
      }
    },
  );
});

describe('map', () => {
  const drawnWithCoefficients = fc.tuple(drawn, fc.integer({ min: 1, max: 5 }), fc.nat());

  test('rounds each combination once, whichever rows it may overwrite', () =>
    forAll(drawnWithCoefficients, async ([data, count, seed]) => {
      const values = valuesOf(data);
      const random = randomFrom(seed);
      const lists = data.sizes.map(() =>
        Array.from({ length: count }, () => values.map(() => (random() < 0.3 ? 0 : 4 * random() - 2))),
      );
      const spent = Math.floor(random() * (values.length + 1));
      const tensors = tf.memory().numTensors;
      const rows = tensorsOf(values);
      const results = combinations(rows, spent, (v) => lists[v]!);
      for (const [k, result] of results.entries()) {
        for (const [v, size] of data.sizes.entries()) {
          const list = lists[v]![k]!;
          const terms = values.flatMap((row, i) =>
            row[v] && list[i] !== 0 ? [[list[i]!, row[v]] as const] : [],
          );
          const tensor = result[v]!;
          if (terms.length === 0) {
            expect(tensor).toBeNull();
            continue;
          }
          const actual = tensor!.dataSync();
          expect(actual.length).toBe(size);
          for (let i = 0; i < size; i++) {
            const exact = terms.reduce((sum, [c, row]) => sum + c * row[i]!, 0);
            const largest = terms.reduce((sum, [c, row]) => sum + Math.abs(c * row[i]!), 0);
            // Half a unit in the last place of float32, and the rounding of float64.
            expect(Math.abs(actual[i]! - exact)).toBeLessThanOrEqual(
              2 ** -24 * Math.abs(exact) + 1e-14 * largest + 2 ** -149,
            );
          }
        }
      }
      // Rows that are not used up keep their values.
      for (const [i, row] of rows.slice(spent).entries()) {
        for (const [v, tensor] of row.entries()) {
          if (tensor) expect([...tensor.dataSync()]).toEqual([...values[spent + i]![v]!]);
        }
      }
      tf.dispose([...results, ...rows.slice(spent)] as tf.Tensor[][]);
      expect(tf.memory().numTensors).toBe(tensors);
    }));

  test('puts results into rows that are used up, and into no data that another tensor shares', () => {
    const [a, b, c] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4]), tf.tensor1d([5, 6])];
    const other = tf.clone(a);
    const buffers = tf.backend().numDataIds();
    const [[first], [second]] = combinations([[a], [b], [c]], 2, () => [
      [1, 1, 1],
      [0, 2, -1],
    ]) as [[tf.Tensor], [tf.Tensor]];
    expect(first).toBe(b);
    expect([...first.dataSync()]).toEqual([9, 12]);
    expect([...second.dataSync()]).toEqual([1, 2]);
    expect([...other.dataSync()]).toEqual([1, 2]);
    expect([...c.dataSync()]).toEqual([5, 6]);
    expect(tf.backend().numDataIds()).toBe(buffers + 1);
    tf.dispose([first, second, other, c]);
  });

  test('a kernel that keeps a copy of what it multiplies by sees the new values', () => {
    const [image, a, b] = [tf.ones([1, 2, 2, 1]), tf.tensor1d([2]), tf.tensor1d([3])];
    const filtered = (filter: tf.Tensor): number =>
      tf.tidy(() =>
        tf
          .depthwiseConv2d(image as tf.Tensor4D, tf.reshape(filter, [1, 1, 1, 1]), 1, 'same')
          .dataSync()
          .at(0),
      )!;
    expect(filtered(a)).toBe(2);
    const [[sum]] = combinations([[a], [b]], 2, () => [[1, 1]]) as [[tf.Tensor]];
    expect(sum).toBe(a);
    expect(filtered(sum)).toBe(5);
    tf.dispose([image, sum]);
  });
});
