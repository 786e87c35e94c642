import { registerRowKernels } from '@scalpel/core/rows';
import { findBackendFactory, registerBackend, removeBackend, setBackend } from '@tensorflow/tfjs-core';
import { findAdapter, requestDevice } from './adapter.ts';
import type { WatchedBackend } from './backend.ts';
import { correctWebgpu } from './corrections.ts';
import { webgpuRowKernels } from './rows/rows.ts';

let started: { readonly backend: WatchedBackend; readonly factory: () => WatchedBackend } | undefined;
let starting: Promise<void> = Promise.resolve();

/**
 * Starts WebGPU and makes it the current TensorFlow.js backend. In a browser it is the browser's own WebGPU.
 * In Node it is that of the npm package `webgpu` (Dawn), which needs a driver for Vulkan, Metal or Direct3D
 * 12. If the device was lost, calling it again takes a new device. Throws `NoWebgpu`, which says what to do.
 */
export function startWebgpu(): Promise<void> {
  starting = starting.catch(() => {}).then(start);
  return starting;
}

async function start(): Promise<void> {
  if (!started || started.backend.lost || findBackendFactory('webgpu') !== started.factory) {
    const adapter = await findAdapter();
    const device = await requestDevice(adapter);
    // This import must come late: the module registers itself if there is WebGPU, and needs WebGPU's global
    // names.
    const { WatchedBackend } = await import('./backend.ts');
    correctWebgpu();
    const backend = new WatchedBackend(device, adapter);
    const factory = () => backend;
    if (findBackendFactory('webgpu')) removeBackend('webgpu');
    registerBackend('webgpu', factory, 3);
    registerRowKernels('webgpu', webgpuRowKernels(backend));
    started = { backend, factory };
  }
  await setBackend('webgpu');
}
