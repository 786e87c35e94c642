import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { plugin, startCpu, startWasm } from './index.ts';
import { mendWasm } from './wasm/mend.ts';

test('every backend says what it offers and starts', async () => {
  for (const backend of plugin.backends!) {
    const { works, detail } = await backend.probe();
    expect(works).toBe(true);
    expect(detail).not.toBe('');
    await backend.start();
    expect(tf.getBackend()).toBe(backend.id);
    expect([...tf.add([1, 2], 3).dataSync()]).toEqual([4, 5]);
  }
});

test('probing starts nothing', async () => {
  await startCpu();
  for (const backend of plugin.backends!) await backend.probe();
  expect(tf.getBackend()).toBe('cpu');
});

test('mending twice changes nothing', async () => {
  await startWasm();
  const kernels = new Map(
    tf.getKernelsForBackend('wasm').map((kernel) => [kernel.kernelName, kernel.kernelFunc]),
  );
  mendWasm();
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
