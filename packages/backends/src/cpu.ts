import type { BackendDefinition } from '@scalpel/core';
import { findBackendFactory, setBackend } from '@tensorflow/tfjs-core';
import { correctCpu } from './cpu/corrections.ts';

/**
 * Starts the pure JavaScript backend of '@tensorflow/tfjs', with corrections, and makes it the current
 * TensorFlow.js backend. Throws if '@tensorflow/tfjs' was not imported.
 */
export async function startCpu(): Promise<void> {
  if (findBackendFactory('cpu') === null)
    throw new Error("The cpu backend is not registered. Import '@tensorflow/tfjs' first.");
  correctCpu();
  await setBackend('cpu');
}

export const cpu: BackendDefinition = {
  id: 'cpu',
  title: 'JavaScript',
  summary: 'The pure JavaScript backend of TensorFlow.js: slow, for comparison.',
  version: 1,
  probe: async () => ({ works: true, detail: 'pure JavaScript, slow: for comparison' }),
  start: startCpu,
};
