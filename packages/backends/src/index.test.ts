import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { plugin } from './choose.ts';
import { startCpu, startWasm } from './index.ts';
import { webgpuMissing } from './testing/driver.ts';
import { correctWasm } from './wasm/corrections.ts';

/** TensorFlow.js's names for backends that have another name here. */
const names: Readonly<Record<string, string>> = { node: 'tensorflow', 'node-gpu': 'tensorflow' };

test('every backend that works here starts; one that does not says what to do, and fails to start with the same words', async () => {
  await webgpuMissing();
  for (const backend of plugin.backends!) {
    const { works, detail, next } = await backend.probe();
    expect(detail).not.toBe('');
    if (!works) {
      expect(next).toBeTruthy();
      await expect(backend.start()).rejects.toThrow(next!);
      continue;
    }
    await backend.start();
    expect(tf.getBackend()).toBe(names[backend.id] ?? backend.id);
    const sum = tf.add([1, 2], 3);
    expect([...(await sum.data())]).toEqual([4, 5]);
    sum.dispose();
  }
});

test('probing starts nothing', async () => {
  await startCpu();
  for (const { probe } of plugin.backends!) await probe();
  expect(tf.getBackend()).toBe('cpu');
});

test('correcting twice changes nothing', async () => {
  await startWasm();
  const kernels = new Map(
    tf.getKernelsForBackend('wasm').map((kernel) => [kernel.kernelName, kernel.kernelFunc]),
  );
  correctWasm();
  await startWasm();
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('wasm'))
    expect(kernelFunc).toBe(kernels.get(kernelName));
});

test('what the cpu backend can and wasm cannot is complex numbers, strings and ragged tensors', async () => {
  await startWasm();
  const wasm = new Set(tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
  const missing = tf.getKernelsForBackend('cpu').map(({ kernelName }) => kernelName);
  expect(missing.filter((kernelName) => !wasm.has(kernelName)).sort()).toEqual([
    'Complex',
    'ComplexAbs',
    'Draw',
    'FFT',
    'IFFT',
    'Imag',
    'RaggedGather',
    'RaggedRange',
    'RaggedTensorToTensor',
    'Real',
    'StaticRegexReplace',
  ]);
});
