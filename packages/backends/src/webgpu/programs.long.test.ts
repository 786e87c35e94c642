import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { disagreements } from '../testing/agreement.ts';
import { webgpuMissing } from '../testing/driver.ts';
import type { WatchedBackend } from './backend.ts';
import { startWebgpu } from './start.ts';

const missing = await webgpuMissing();

describe.skipIf(missing)(missing ?? 'on WebGPU', () => {
  test('no pipeline is run for a source that is not its own', async () => {
    await startWebgpu();
    const backend = tf.backend() as unknown as WatchedBackend;
    const sources = new Map<string, string>();
    const shared = new Set<string>();
    const run = backend.runWebGPUProgram.bind(backend);
    backend.runWebGPUProgram = (program, ...rest) => {
      const output = run(program, ...rest);
      // No program runs for tensors without elements.
      if (output.shape.includes(0)) return output;
      const source = program.getUserCode();
      if ((sources.get(program.shaderKey) ?? source) !== source) shared.add(program.shaderKey);
      sources.set(program.shaderKey, source);
      return output;
    };
    try {
      await disagreements(startWebgpu, 4, 3);
      // Few of the draws above differ only in their length.
      for (const length of [2, 4]) {
        const sums = tf.tidy(() => tf.cumsum(tf.ones([length]), 0, false, true));
        await sums.data();
        sums.dispose();
      }
    } finally {
      backend.runWebGPUProgram = run;
    }
    expect(sources.size).toBeGreaterThan(100);
    expect([...shared]).toEqual([]);
  });
});
