import { env, findBackendFactory, getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import type { Start } from './comparison.ts';

/**
 * Runs a function that uses the current backend and others, and restores the current backend and its flags.
 * Meanwhile small tensors are computed on the device. By default TensorFlow.js computes them in JavaScript,
 * and the device would not be checked.
 */
export async function withRestoredBackend<Result>(
  work: (backend: string, start: Start) => Promise<Result>,
): Promise<Result> {
  await ready();
  const backend = getBackend();
  const start = async (): Promise<void> => {
    await setBackend(backend);
  };
  const flags = ['webgl', 'webgpu']
    .filter((name) => findBackendFactory(name) !== null)
    .map((name) => `${name.toUpperCase()}_CPU_FORWARD`);
  const before = flags.map((flag) => [flag, env().getBool(flag)] as const);
  for (const flag of flags) env().set(flag, false);
  try {
    return await work(backend, start);
  } finally {
    for (const [flag, value] of before) env().set(flag, value);
    await start();
  }
}
