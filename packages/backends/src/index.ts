/*
 * Each function loads its backend when it is called, so a page that asks for one backend downloads no other.
 * Two entry points are separate: './choose' chooses among all backends, and './node' starts TensorFlow's C
 * library, which needs Node.
 */
import type { BackendCheck, CheckOptions } from './check/types.ts';
import type { WasmOptions } from './wasm/start.ts';

export type { BackendCheck, CheckFinding, CheckKind, CheckOptions, CheckProgress } from './check/types.ts';
export { VERSION } from './version.ts';
export type { WasmOptions } from './wasm/start.ts';

/**
 * Starts the pure JavaScript backend of '@tensorflow/tfjs', with corrections, and makes it the current
 * TensorFlow.js backend. It is slow, and meant for comparison. Throws if '@tensorflow/tfjs' was not imported.
 */
export async function startCpu(): Promise<void> {
  await (await import('./cpu.ts')).startCpu();
}

/**
 * Starts the wasm backend, with corrections for training, and makes it the current TensorFlow.js backend. In
 * a page, `binary` says where its .wasm file is.
 *
 * Throws if WebAssembly has no SIMD here, or if the .wasm file is not found or does not compile.
 */
export async function startWasm(options: WasmOptions = {}): Promise<void> {
  await (await import('./wasm/start.ts')).startWasm(options);
}

/**
 * Starts the WebGL backend of '@tensorflow/tfjs', with corrections, and makes it the current TensorFlow.js
 * backend. It works in browsers only. Throws outside of a browser, if '@tensorflow/tfjs' was not imported, or
 * if WebGL does not start.
 */
export async function startWebgl(): Promise<void> {
  await (await import('./webgl.ts')).startWebgl();
}

/**
 * Starts WebGPU and makes it the current TensorFlow.js backend. In a browser it is the browser's own WebGPU.
 * In Node it is that of the npm package `webgpu` (Dawn), which needs a driver for Vulkan, Metal or Direct3D
 * 12. If the device was lost, calling it again takes a new device.
 *
 * Throws if there is no WebGPU here. The error says what to do.
 */
export async function startWebgpu(): Promise<void> {
  await (await import('./webgpu/start.ts')).startWebgpu();
}

/**
 * Checks the current TensorFlow.js backend on this device: kernels, gradients, passes over rows and small
 * trainings. Each result is compared with JavaScript in float64. The check takes up to half a minute, and
 * nothing else may use TensorFlow.js meanwhile.
 *
 * The check frees its tensors, and leaves the backend and its flags as they were. Like every start of a
 * backend of this package, it corrects gradients and the cpu backend.
 *
 * Wrong results are findings of the answer, not errors. Throws if '@tensorflow/tfjs' was not imported or if
 * `only` has an unknown name.
 */
export async function checkBackend(options: CheckOptions = {}): Promise<BackendCheck> {
  return (await import('./check/check.ts')).check(options);
}
