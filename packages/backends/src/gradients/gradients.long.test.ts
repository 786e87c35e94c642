import { expect, test } from 'vitest';
import { startCpu } from '../cpu.ts';
import { gradientProblems } from '../testing/gradients.ts';
import { startWasm } from '../wasm/start.ts';

test.each([
  ['cpu', startCpu],
  ['wasm', startWasm],
])('every gradient on %s is what differences in float64 are', async (_name, start) => {
  expect(await gradientProblems(start, 150, 1000)).toEqual(new Map());
});
