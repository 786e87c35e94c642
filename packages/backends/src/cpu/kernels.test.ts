import { expect, test } from 'vitest';
import { startCpu } from '../cpu.ts';
import { changedInputs, disagreements } from '../testing/agreement.ts';
import { chains } from '../testing/kernels/chains.ts';
import { describeSpecial } from '../testing/special.ts';

test('every kernel of the cpu backend is what it is in float64', async () => {
  expect(await disagreements(startCpu, 4, 1)).toEqual([]);
});

test('no kernel changes its inputs', async () => {
  expect(await changedInputs(startCpu, 10, 1)).toEqual([]);
});

test('every kernel is right between two others', async () => {
  expect(await disagreements(startCpu, 1, 1, {}, chains)).toEqual([]);
});

describeSpecial(startCpu);
