import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { checkBackend, startWebgpu } from '../index.ts';
import { webgpuMissing } from '../testing/driver.ts';
import type { WatchedBackend } from './backend.ts';

const missing = await webgpuMissing();
const some = { only: ['Add', 'Tanh', 'BatchMatMul', 'rows', 'training'], trainings: 2 };

describe.skipIf(missing)(missing ?? 'a check on WebGPU', () => {
  test('passes, and says which adapter it is', async () => {
    await startWebgpu();
    const before = tf.memory().numTensors;
    const check = await checkBackend(some);
    expect(check).toMatchObject({ backend: 'webgpu', passed: true, findings: [], missing: [] });
    expect(check.detail).toMatch(/tensors of at most/);
    expect(tf.memory().numTensors).toBe(before);
    expect(tf.getBackend()).toBe('webgpu');
  });

  test('finds that the device is lost, and says what to do; a new one passes', async () => {
    await startWebgpu();
    const { device } = tf.backend() as WatchedBackend;
    const check = await checkBackend({
      ...some,
      onProgress: ({ done }) => {
        if (done === 4) device.destroy();
      },
    });
    expect(check.passed).toBe(false);
    expect(check.findings.map(({ kind }) => kind)).toEqual(['device']);
    expect(check.findings[0]!.actual).toMatch(/The WebGPU device was lost/);
    expect(check.left).toBeGreaterThan(0);

    await startWebgpu();
    expect((await checkBackend(some)).passed).toBe(true);
  });
});
