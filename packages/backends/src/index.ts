/*
 * Each function loads its backend when it is called: a page that asks for one downloads no other. What chooses among all, and TensorFlow's C library, which
 * needs Node, have doors of their own: './choose' and './node'.
 */
import type { BackendCheck, CheckOptions } from './check/types.ts';
import type { WasmOptions } from './wasm/start.ts';

export type { BackendCheck, CheckFinding, CheckKind, CheckOptions, CheckProgress } from './check/types.ts';
export { VERSION } from './version.ts';
export type { WasmOptions } from './wasm/start.ts';

/** Makes the pure JavaScript backend, which '@tensorflow/tfjs' brings, corrected, the current TensorFlow.js backend: slow, for comparison. */
export async function startCpu(): Promise<void> {
  await (await import('./cpu.ts')).startCpu();
}

/** Makes the wasm backend, corrected for training, the current TensorFlow.js backend. A page says where its `binary` is. */
export async function startWasm(options: WasmOptions = {}): Promise<void> {
  await (await import('./wasm/start.ts')).startWasm(options);
}

/** Makes WebGL, which '@tensorflow/tfjs' brings, corrected, the current TensorFlow.js backend. For browsers. */
export async function startWebgl(): Promise<void> {
  await (await import('./webgl.ts')).startWebgl();
}

/**
 * Makes WebGPU the current TensorFlow.js backend: the browser's own, or in Node that of the npm package `webgpu` (Dawn) on any driver for Vulkan, Metal
 * or Direct3D 12. After a device was lost it takes a new one. Throws an error that says what to do where there is none.
 */
export async function startWebgpu(): Promise<void> {
  await (await import('./webgpu/start.ts')).startWebgpu();
}

/**
 * Checks the current TensorFlow.js backend on this very device: kernels, gradients, passes over rows and small trainings, each compared with JavaScript in
 * float64. It takes up to half a minute, in which nothing else may use TensorFlow.js. It frees its tensors, and leaves the backend and its flags
 * as they were; like every start of a backend of this package, it corrects gradients and the cpu backend.
 */
export async function checkBackend(options: CheckOptions = {}): Promise<BackendCheck> {
  return (await import('./check/check.ts')).check(options);
}
