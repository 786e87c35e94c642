import { randomFrom } from '@scalpel/core';
import { byOperations, combinations, innerProducts, type Row } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { webgpuMissing } from '../../testing/driver.ts';
import { forAll } from '../../testing.ts';
import type { WatchedBackend } from '../backend.ts';
import { startWebgpu } from '../start.ts';
import { BLOCK, bindableTensors } from './commands.ts';

const missing = await webgpuMissing();

interface Drawn {
  readonly sizes: readonly number[];
  readonly rows: number;
  readonly absent: number;
  readonly seed: number;
}

/**
 * Lengths around the ends of blocks, more rows than a kernel binds, and one variable that is never small as a
 * whole.
 */
const drawn: fc.Arbitrary<Drawn> = fc.record({
  sizes: fc
    .array(
      fc.oneof(
        fc.integer({ min: 0, max: 9 }),
        fc.constantFrom(255, 2049, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 77),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    .map((sizes) => [4099, ...sizes]),
  rows: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant(17)),
  absent: fc.double({ min: 0, max: 0.5, noNaN: true }),
  seed: fc.nat(),
});

function valuesOf({ sizes, rows, absent, seed }: Drawn): readonly (Float32Array | null)[][] {
  const random = randomFrom(seed);
  return Array.from({ length: rows }, () =>
    sizes.map((size) =>
      random() < absent ? null : Float32Array.from({ length: size }, () => random() - 0.4),
    ),
  );
}

const tensorsOf = (values: readonly (Float32Array | null)[][]): Row[] =>
  values.map((row) => row.map((part) => part && tf.tensor1d(part)));

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

const backend = () => tf.backend() as unknown as WatchedBackend;
const state = () => ({
  tensors: tf.memory().numTensors,
  buffers: tf.backend().numDataIds(),
  bytes: backend().bufferManager.numBytesUsed,
});

describe.skipIf(missing)(missing ?? 'on WebGPU', () => {
  beforeEach(startWebgpu);

  test('gram: inner products of any length and number of rows', () =>
    forAll(
      drawn,
      async (data) => {
        const values = valuesOf(data);
        const rows = tensorsOf(values);
        const { byVariable, precision } = await innerProducts(rows);
        expect(precision).toBe(1e-7);
        for (const v of data.sizes.keys()) {
          for (const [i, a] of values.entries()) {
            for (const [j, b] of values.entries()) {
              const { sum, size } = products(a[v]!, b[v]!);
              expect(Math.abs(byVariable[v]!.at(i, j) - sum)).toBeLessThanOrEqual(5e-7 * size);
            }
          }
        }
        const before = state();
        await innerProducts(rows);
        expect(state()).toEqual(before);
        tf.dispose(rows as tf.Tensor[][]);
      },
      8,
    ));

  test('gram: rounding errors of equal elements do not add up', async () => {
    const rows: Row[] = [[tf.fill([1_000_003], 0.1)]];
    const { byVariable } = await innerProducts(rows);
    expect(Math.abs(byVariable[0]!.at(0, 0) / (1_000_003 * Math.fround(0.1) ** 2) - 1)).toBeLessThan(3e-7);
    tf.dispose(rows as tf.Tensor[][]);
  });

  test('gram: beyond 2^24 elements, every one counts once', async () => {
    const size = 2 ** 24 + 5;
    const rows: Row[] = [[tf.ones([size])], [tf.fill([size], 2)]];
    const { byVariable } = await innerProducts(rows);
    expect([byVariable[0]!.at(0, 0), byVariable[0]!.at(0, 1), byVariable[0]!.at(1, 1)]).toEqual([
      size,
      2 * size,
      4 * size,
    ]);
    tf.dispose(rows as tf.Tensor[][]);
  });

  test('gram: a small model is multiplied in float64', async () => {
    const rows: Row[] = [[tf.tensor1d([0.1, 0.2])], [tf.tensor1d([0.3, -0.7])]];
    const { byVariable, precision } = await innerProducts(rows);
    expect(precision).toBe(1e-16);
    const [a, b] = [[0.1, 0.2].map(Math.fround), [0.3, -0.7].map(Math.fround)];
    expect(byVariable[0]!.at(0, 1)).toBe(a[0]! * b[0]! + a[1]! * b[1]!);
    tf.dispose(rows as tf.Tensor[][]);
  });

  test('gram: scales at which float32 squares vanish or overflow', async () => {
    for (const scale of [1e-30, 1e25]) {
      const values = Float32Array.from({ length: 5000 }, (_, i) => scale * (1 + (i % 7)));
      const rows: Row[] = [[tf.tensor1d(values)]];
      const { byVariable } = await innerProducts(rows);
      expect(byVariable[0]!.at(0, 0) / products(values, values).sum).toBeCloseTo(1, 6);
      tf.dispose(rows as tf.Tensor[][]);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('gram: finds an element that is %f', async (value) => {
    for (const at of [0, 255, 4999]) {
      const values = Float32Array.from({ length: 5000 }, (_, i) => (i === at ? value : 1));
      const rows: Row[] = [
        [tf.ones([3]), tf.ones([5000])],
        [tf.zeros([3]), tf.tensor1d(values)],
      ];
      await expect(innerProducts(rows)).rejects.toMatchObject({ row: 1, variable: 1 });
      tf.dispose(rows as tf.Tensor[][]);
    }
  });

  test('gram: 500 small variables take one read-back, which brings the losses, and one dispatch', async () => {
    const rows: Row[] = [1, 2, 3].map((value) => Array.from({ length: 500 }, () => tf.fill([64], value)));
    const losses = [tf.scalar(3), tf.scalar(-0.5)];
    const { device } = backend();
    const [mapped, groups] = [vi.spyOn(GPUBuffer.prototype, 'mapAsync'), vi.spyOn(device, 'createBindGroup')];
    const { byVariable, scalars } = await innerProducts(rows, losses);
    expect(mapped).toHaveBeenCalledTimes(1);
    expect(groups).toHaveBeenCalledTimes(1);
    expect(scalars).toEqual([3, -0.5]);
    expect(byVariable).toHaveLength(500);
    expect(byVariable.every((gramian) => gramian.at(1, 2) === 64 * 6)).toBe(true);
    groups.mockClear();
    const [direction, remembered] = combinations(rows, 2, () => [
      [1, 1, 0],
      [0, 0.5, 0.5],
    ]);
    expect(groups).toHaveBeenCalledTimes(1);
    expect([...(await direction![499]!.data())]).toEqual(Array(64).fill(3));
    expect([...(await remembered![0]!.data())]).toEqual(Array(64).fill(2.5));
    vi.restoreAllMocks();
    tf.dispose([direction, remembered, rows[2], losses] as tf.Tensor[][]);
  });

  test('map: combinations of any length and number of rows, whichever they may overwrite', () =>
    forAll(
      fc.tuple(drawn, fc.integer({ min: 1, max: 5 }), fc.nat()),
      async ([data, count, seed]) => {
        const before = state();
        const values = valuesOf(data);
        const random = randomFrom(seed);
        const lists = data.sizes.map(() =>
          Array.from({ length: count }, () =>
            values.map(() => (random() < 0.3 ? 0 : Math.fround(4 * random() - 2))),
          ),
        );
        const spent = Math.floor(random() * (values.length + 1));
        const rows = tensorsOf(values);
        // After a read-back the host knows the values. They are out of date once they are overwritten.
        await rows[0]![0]?.data();
        const results = combinations(rows, spent, (v) => lists[v]!);
        for (const [k, result] of results.entries()) {
          for (const [v, size] of data.sizes.entries()) {
            const list = lists[v]![k]!;
            const terms = values.flatMap((row, i) =>
              row[v] && list[i] !== 0 ? [[list[i]!, row[v]] as const] : [],
            );
            if (terms.length === 0) {
              expect(result[v]).toBeNull();
              continue;
            }
            const actual = await result[v]!.data();
            expect(actual.length).toBe(size);
            let worst = 0;
            for (let i = 0; i < size; i++) {
              const exact = terms.reduce((sum, [c, row]) => sum + c * row[i]!, 0);
              const largest = terms.reduce((sum, [c, row]) => sum + Math.abs(c * row[i]!), 0);
              worst = Math.max(worst, Math.abs(actual[i]! - exact) / (largest || 1));
            }
            expect(worst).toBeLessThan(1e-6);
          }
        }
        for (const [i, row] of rows.slice(spent).entries()) {
          for (const [v, tensor] of row.entries()) {
            if (tensor) expect(await tensor.data()).toEqual(values[spent + i]![v]!);
          }
        }
        tf.dispose([...results, ...rows.slice(spent)] as tf.Tensor[][]);
        expect(state()).toMatchObject({ tensors: before.tensors, buffers: before.buffers });
      },
      8,
    ));

  test('map: results take the place of rows that are used up, not of data that another tensor shares', async () => {
    const [a, b, c] = [tf.fill([20_000], 1), tf.fill([20_000], 3), tf.fill([20_000], 5)];
    const other = tf.clone(a);
    const [[first], [second]] = combinations([[a], [b], [c]], 2, () => [
      [1, 1, 1],
      [0, 2, -1],
    ]) as [[tf.Tensor], [tf.Tensor]];
    expect(first).toBe(b);
    expect((await first.data())[19_999]).toBe(9);
    expect((await second.data())[19_999]).toBe(1);
    expect((await other.data())[0]).toBe(1);
    expect((await c.data())[0]).toBe(5);
    tf.dispose([first, second, other, c]);
  });

  test('map: what has no coefficient is not looked at', async () => {
    const rows: Row[] = [[tf.fill([5000], Number.POSITIVE_INFINITY)], [tf.ones([5000])]];
    const [[first], [second]] = combinations(rows, 0, () => [
      [0, 2],
      [0, 0],
    ]) as [[tf.Tensor], [null]];
    expect((await first.data())[4999]).toBe(2);
    expect(second).toBeNull();
    tf.dispose([first, ...rows] as tf.Tensor[]);
  });

  test('more rows than the device binds agree with the operations', async () => {
    const count = bindableTensors(backend()) + 3;
    const rows: Row[] = Array.from({ length: count }, (_, row) => [
      tf.randomNormal([40_000], 0, 1, 'float32', row + 1),
    ]);
    const columns = [rows.map(([tensor]) => tensor!)];
    const [fused, plain] = [await innerProducts(rows), await byOperations.gram(columns, [])];
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++)
        expect(Math.abs(fused.byVariable[0]!.at(i, j) - plain.byVariable[0]!.at(i, j))).toBeLessThan(0.02);
    tf.dispose(rows as tf.Tensor[][]);
  });
});
