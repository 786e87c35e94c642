import { registerRowKernels } from '@scalpel/core/rows';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, engine, env, type KernelBackend, setBackend } from '@tensorflow/tfjs-core';
import { guardMemory } from './full-memory.ts';
import { startFunctions } from './fused/functions.ts';
import { wasmRowKernels } from './fused/rows.ts';
import { mendWasm } from './mend.ts';

export const WITHOUT_SIMD = 'For SIMD, use Node 16.4 or later, or a browser of 2021 or later (Safari 16.4).';

/** The backend that our own functions work on: TensorFlow.js makes another one after `removeBackend`. */
let ready: KernelBackend | undefined;

export interface WasmOptions {
  /**
   * Where the `.wasm` files of `@tensorflow/tfjs-backend-wasm` are: a folder's address that ends with a slash, or an address for each file by its name. A
   * page must say so; Node finds them by itself.
   */
  readonly paths?: string | Readonly<Record<string, string>>;
}

/** Makes the wasm backend, mended for training, the current TensorFlow.js backend. */
export async function startWasm({ paths }: WasmOptions = {}): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // Once it runs it has found its binary, and TensorFlow.js takes no other.
  if (paths !== undefined && !('wasm' in engine().registry)) setWasmPaths(paths);
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT')))
    throw new Error(`The wasm backend did not start: WebAssembly has no SIMD here. ${WITHOUT_SIMD}`);
  mendWasm();
  if (!(await setBackend('wasm')))
    throw new Error(
      'The wasm backend did not start: its .wasm file was not found or could not be compiled (see the warning above). ' +
        "In a page, say where the files of '@tensorflow/tfjs-backend-wasm/dist' are: startWasm({ paths: '/folder/' }).",
    );
  const started = backend() as BackendWasm;
  if (started === ready) return;
  guardMemory(started);
  await startFunctions(started);
  registerRowKernels('wasm', await wasmRowKernels(started));
  ready = started;
}
