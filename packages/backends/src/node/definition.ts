import type { BackendDefinition } from '@scalpel/core';

/**
 * Makes TensorFlow's C library on the CPU the current TensorFlow.js backend, by way of `@tensorflow/tfjs-node`, which must be
 * installed. In TensorFlow.js it is named `tensorflow`.
 */
export async function startNode(): Promise<void> {
  await (await import('./start.ts')).start('@tensorflow/tfjs-node');
}

/** The same on a CUDA device, by way of `@tensorflow/tfjs-node-gpu`. A process can start one of the two. */
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
