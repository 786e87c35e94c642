import type { BackendDefinition } from '@scalpel/core';

/**
 * Starts TensorFlow's C library on the CPU, and makes it the current TensorFlow.js backend. The npm package
 * `@tensorflow/tfjs-node` must be installed. In TensorFlow.js the backend is named `tensorflow`. Throws if
 * the package does not work here. The error says what to do.
 */
export async function startNode(): Promise<void> {
  await (await import('./start.ts')).start('@tensorflow/tfjs-node');
}

/**
 * Starts TensorFlow's C library on a CUDA device. The npm package `@tensorflow/tfjs-node-gpu` must be
 * installed. A process can start either this or the library on the CPU. Throws if the package does not work
 * here. The error says what to do.
 */
export async function startNodeGpu(): Promise<void> {
  await (await import('./start.ts')).start('@tensorflow/tfjs-node-gpu');
}

export const node: BackendDefinition = {
  id: 'node',
  title: 'TensorFlow, CPU',
  summary: "TensorFlow's C library on all cores, through @tensorflow/tfjs-node.",
  version: 1,
  probe: async () => (await import('./probe.ts')).probe('@tensorflow/tfjs-node'),
  start: startNode,
};

export const nodeGpu: BackendDefinition = {
  id: 'node-gpu',
  title: 'TensorFlow, CUDA',
  summary: "TensorFlow's C library on an NVIDIA GPU, through @tensorflow/tfjs-node-gpu.",
  version: 1,
  probe: async () => (await import('./probe.ts')).probe('@tensorflow/tfjs-node-gpu'),
  start: startNodeGpu,
};
