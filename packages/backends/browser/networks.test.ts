import { expect, test } from 'vitest';
import { startWebgl, startWebgpu } from '../src/index.ts';
import { trainingProblems } from '../src/testing/training.ts';

test.each([
  ['WebGL', startWebgl],
  ['WebGPU', startWebgpu],
])('random networks train on %s as they do in float64', async (_name, start) => {
  expect(await trainingProblems(start, 30, 1)).toEqual([]);
});
