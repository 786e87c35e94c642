import { expect, test } from 'vitest';
import { disagreements } from '../testing/agreement.ts';
import { chains } from '../testing/kernels/chains.ts';
import { extremes } from '../testing/kernels/extremes.ts';
import { startWasm } from './start.ts';

test('every kernel of the wasm backend is what the cpu backend is in float64', async () => {
  expect(await disagreements(startWasm, 300, 1000)).toEqual([]);
});

test('no number stays none', async () => {
  expect(await disagreements(startWasm, 200, 1000, {}, extremes)).toEqual([]);
});

test('every kernel is right between two others', async () => {
  expect(await disagreements(startWasm, 100, 1000, {}, chains)).toEqual([]);
});
