import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { startWasm } from './start.ts';

// This test comes first, because the allocator grants the third tensor behind the end only in a fresh memory.
test('what would end behind 4 GiB is refused, and what was granted before stays apart', async () => {
  await startWasm();
  const { wasm } = tf.backend() as unknown as {
    readonly wasm: { _malloc(bytes: number): number; _free(address: number): void };
  };
  const granted: { readonly start: number; readonly bytes: number }[] = [];
  const allocate = (bytes: number) => granted.push({ start: wasm._malloc(bytes), bytes });
  allocate(1.44e9);
  allocate(1.44e9);
  for (const _ of [1, 2]) expect(() => allocate(1.44e9)).toThrow(/memory is full/);
  allocate(1000);
  allocate(1000);
  granted.sort((a, b) => a.start - b.start);
  for (const [index, { start }] of granted.slice(1).entries())
    expect(start).toBeGreaterThanOrEqual(granted[index]!.start + granted[index]!.bytes);
  for (const { start } of granted) wasm._free(start);
});

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
