import { describe, expect, test } from 'vitest';
import { disagreements, wgsl } from '../testing/agreement.ts';
import { webgpuMissing } from '../testing/driver.ts';
import { gradientProblems } from '../testing/gradients.ts';
import { chains } from '../testing/kernels/chains.ts';
import { extremes } from '../testing/kernels/extremes.ts';
import { channelsFirst } from '../testing/kernels/images.ts';
import { describeSpecial } from '../testing/special.ts';
import { startWebgpu } from './start.ts';

const missing = await webgpuMissing();

describe.skipIf(missing)(missing ?? 'on WebGPU', () => {
  test('every kernel is what the cpu backend is in float64', async () => {
    expect(await disagreements(startWebgpu, 1, 2, wgsl)).toEqual([]);
  });

  test('every gradient is what differences in float64 are', async () => {
    expect(await gradientProblems(startWebgpu, 1, 2, undefined, wgsl)).toEqual(new Map());
  });

  test('convolutions with channels first are what the cpu backend has', async () => {
    expect(await disagreements(startWebgpu, 4, 2, {}, channelsFirst)).toEqual([]);
  });

  test('no number stays none', async () => {
    expect(await disagreements(startWebgpu, 1, 2, wgsl, extremes)).toEqual([]);
  });

  test('every kernel is right between two others', async () => {
    expect(await disagreements(startWebgpu, 1, 2, wgsl, chains)).toEqual([]);
  });

  describeSpecial(startWebgpu);
});
