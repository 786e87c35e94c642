import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { startCpu } from './cpu.ts';
import { webgpuMissing } from './testing/driver.ts';
import { drawNetwork, trainNetwork } from './testing/networks.ts';
import { trainingProblems } from './testing/training.ts';
import { startWasm } from './wasm/start.ts';
import { startWebgpu } from './webgpu/start.ts';

const missing = await webgpuMissing();

describe('random networks train as they do in float64', () => {
  test('on the cpu backend', async () => {
    expect(await trainingProblems(startCpu, 30, 1)).toEqual([]);
  });

  test('on wasm', async () => {
    expect(await trainingProblems(startWasm, 100, 1)).toEqual([]);
  });

  test.skipIf(missing)(missing ?? 'on WebGPU', async () => {
    expect(await trainingProblems(startWebgpu, 5, 1)).toEqual([]);
  });
});

test('a kernel that is wrong by a thousandth is noticed', async () => {
  await startCpu();
  const sigmoid = tf.getKernel('Sigmoid', 'cpu');
  tf.unregisterKernel('Sigmoid', 'cpu');
  const wrong: tf.KernelFunc = (call) => {
    const result = sigmoid.kernelFunc(call) as tf.TensorInfo;
    const values = tf.backend().readSync(result.dataId) as Float32Array;
    values.forEach((value, i) => {
      values[i] = value * 1.001;
    });
    return result;
  };
  // The float32 kernels of the broken backend are wrong. The same kernels in float64 give the right answers.
  const { Float32Array: single } = globalThis;
  tf.registerKernel({
    ...sigmoid,
    kernelFunc: (call) => (globalThis.Float32Array === single ? wrong(call) : sigmoid.kernelFunc(call)),
  });
  try {
    expect((await trainingProblems(startCpu, 30, 1)).length).toBeGreaterThan(3);
  } finally {
    tf.unregisterKernel('Sigmoid', 'cpu');
    tf.registerKernel(sigmoid);
  }
});

test('the same seed draws the same network, and training moves it', async () => {
  await startCpu();
  expect(drawNetwork(3).title).toBe(drawNetwork(3).title);
  const moved = Array.from({ length: 30 }, (_, seed) => {
    const [losses, ...weights] = trainNetwork(drawNetwork(seed), 3);
    const [before, , after] = losses!.dataSync();
    tf.dispose([losses!, ...weights]);
    return before !== after;
  });
  // If the last activation is zero for a whole batch, the network does not move.
  expect(moved.filter(Boolean).length).toBeGreaterThan(25);
});
