import { env } from '@tensorflow/tfjs';

// Silences the pure-JavaScript backend's banner, and makes the engine check every kernel for leaked buffers.
env().set('IS_TEST', true);

// Training is tested on the backend that is named here; without a name on the default one, which is the cpu backend.
const id = globalThis.process?.env.SCALPEL_BACKEND;
if (id) {
  const { plugin } = await import('./packages/backends/src/choose.ts');
  const backend = plugin.backends?.find((backend) => backend.id === id);
  if (!backend) throw new Error(`SCALPEL_BACKEND is "${id}", which is no backend of this repository.`);
  await backend.start();
  // Otherwise TensorFlow.js computes small tensors in JavaScript, and the device is not what is tested.
  if (id === 'webgpu') env().set('WEBGPU_CPU_FORWARD', false);
}
