import { expect, test } from 'vitest';
import { startCpu } from './cpu.ts';
import { webgpuMissing } from './testing/driver.ts';
import { trainingProblems } from './testing/training.ts';
import { startWasm } from './wasm/start.ts';
import { startWebgpu } from './webgpu/start.ts';

const missing = await webgpuMissing();

test('a thousand random networks train on cpu as they do in float64', async () => {
  expect(await trainingProblems(startCpu, 1000, 1000)).toEqual([]);
});

test('a thousand random networks train on wasm as they do in float64', async () => {
  expect(await trainingProblems(startWasm, 1000, 1000)).toEqual([]);
});

test.skipIf(missing)(
  missing ?? 'a hundred random networks train on WebGPU as they do in float64',
  async () => {
    expect(await trainingProblems(startWebgpu, 100, 1000)).toEqual([]);
  },
);
