import { registerRowKernels } from '@scalpel/core/rows';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, env, type KernelBackend, setBackend } from '@tensorflow/tfjs-core';
import { guardMemory } from './full-memory.ts';
import { startFunctions } from './fused/functions.ts';
import { wasmRowKernels } from './fused/rows.ts';
import { mendWasm } from './mend.ts';

export const WITHOUT_SIMD = 'For SIMD, use Node 16.4 or later, or a browser of 2021 or later (Safari 16.4).';

/** The backend that our own functions work on: TensorFlow.js makes another one after `removeBackend`. */
let ready: KernelBackend | undefined;

/**
 * Makes the wasm backend, mended for training, the current TensorFlow.js backend. In a browser, where the binary does not
 * lie beside the bundle, call `setWasmPaths` of `@tensorflow/tfjs-backend-wasm` before.
 */
export async function startWasm(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT')))
    throw new Error(`The wasm backend did not start: WebAssembly has no SIMD here. ${WITHOUT_SIMD}`);
  mendWasm();
  if (!(await setBackend('wasm')))
    throw new Error(
      'The wasm backend did not start: its .wasm file was not found or could not be compiled (see the warning above). ' +
        "In a browser or a bundle, call setWasmPaths from '@tensorflow/tfjs-backend-wasm' with the folder of the .wasm files first.",
    );
  const started = backend() as BackendWasm;
  if (started === ready) return;
  guardMemory(started);
  await startFunctions(started);
  registerRowKernels('wasm', await wasmRowKernels(started));
  ready = started;
}
