import { expect, test } from 'vitest';
import { startCpu } from '../cpu.ts';
import { disagreements } from '../testing/agreement.ts';
import { chains } from '../testing/kernels/chains.ts';

test('every kernel of the cpu backend is what it is in float64', async () => {
  expect(await disagreements(startCpu, 300, 1000)).toEqual([]);
});

test('every kernel is right between two others', async () => {
  expect(await disagreements(startCpu, 40, 1000, {}, chains)).toEqual([]);
});
