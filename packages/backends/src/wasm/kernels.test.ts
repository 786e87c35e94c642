import { expect, test } from 'vitest';
import { changedInputs, disagreements } from '../testing/agreement.ts';
import { chains } from '../testing/kernels/chains.ts';
import { extremes } from '../testing/kernels/extremes.ts';
import { describeSpecial } from '../testing/special.ts';
import { startWasm } from './start.ts';

test('every kernel of the wasm backend is what the cpu backend is in float64', async () => {
  expect(await disagreements(startWasm, 4, 1)).toEqual([]);
});

test('no number stays none', async () => {
  expect(await disagreements(startWasm, 4, 1, {}, extremes)).toEqual([]);
});

test('no kernel changes its inputs', async () => {
  expect(await changedInputs(startWasm, 10, 1)).toEqual([]);
});

test('every kernel is right between two others', async () => {
  expect(await disagreements(startWasm, 2, 1, {}, chains)).toEqual([]);
});

describeSpecial(startWasm);
