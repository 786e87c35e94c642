import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { disagreements, wgsl } from '../testing/agreement.ts';
import { webgpuMissing } from '../testing/driver.ts';
import { gradientProblems } from '../testing/gradients.ts';
import { chains } from '../testing/kernels/chains.ts';
import { extremes } from '../testing/kernels/extremes.ts';
import { startWebgpu } from './start.ts';

const missing = await webgpuMissing();

describe.skipIf(missing)(missing ?? 'on WebGPU', () => {
  test('every kernel is what the cpu backend is in float64', async () => {
    expect(await disagreements(startWebgpu, 20, 1000, wgsl)).toEqual([]);
  });

  test('every gradient is what differences in float64 are', async () => {
    expect(await gradientProblems(startWebgpu, 10, 1000, undefined, wgsl)).toEqual(new Map());
  });

  test('no number stays none', async () => {
    expect(await disagreements(startWebgpu, 10, 1000, wgsl, extremes)).toEqual([]);
  });

  test('every kernel is right between two others', async () => {
    expect(await disagreements(startWebgpu, 10, 1000, wgsl, chains)).toEqual([]);
  });

  test('every kernel is, where small tensors are computed in JavaScript', async () => {
    await startWebgpu();
    tf.env().set('WEBGPU_CPU_FORWARD', true);
    try {
      expect(await disagreements(startWebgpu, 10, 2000, wgsl)).toEqual([]);
    } finally {
      tf.env().set('WEBGPU_CPU_FORWARD', false);
    }
  });
});
