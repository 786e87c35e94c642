import { registerRowKernels } from '@scalpel/core/rows';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { backend, engine, env, type KernelBackend, setBackend } from '@tensorflow/tfjs-core';
import { correctWasm } from './corrections.ts';
import { guardMemory } from './full-memory.ts';
import { startFunctions } from './modules/functions.ts';
import { wasmRowKernels } from './modules/rows.ts';

export const WITHOUT_SIMD = 'For SIMD, use Node 16.4 or later, or a browser of 2021 or later (Safari 16.4).';

/** The backend that our own functions work on. After `removeBackend`, TensorFlow.js makes another one. */
let ready: KernelBackend | undefined;

export interface WasmOptions {
  /**
   * The address of `tfjs-backend-wasm-simd.wasm` for a page, or of its folder, with a slash at the end. The
   * file is in `@tensorflow/tfjs-backend-wasm/dist`. With Vite, the address is the default export of that
   * file's name followed by `?url`. Node finds the file by itself. Ignored once the backend has started.
   */
  readonly binary?: string;
}

/**
 * Starts the wasm backend, with corrections for training, and makes it the current TensorFlow.js backend.
 * Throws if WebAssembly has no SIMD here, or if the .wasm file is not found or does not compile.
 */
export async function startWasm({ binary }: WasmOptions = {}): Promise<void> {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // Once the backend has started, TensorFlow.js takes no other binary.
  if (binary !== undefined && !('wasm' in engine().registry)) setWasmPaths(pathsOf(binary));
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT')))
    throw new Error(`The wasm backend did not start: WebAssembly has no SIMD here. ${WITHOUT_SIMD}`);
  correctWasm();
  if (!(await setBackend('wasm')))
    throw new Error(
      'The wasm backend did not start: its .wasm file was not found or could not be compiled (see the warning above). ' +
        "In a page, say where tfjs-backend-wasm-simd.wasm of '@tensorflow/tfjs-backend-wasm/dist' is: startWasm({ binary: '/folder/' }).",
    );
  const started = backend() as BackendWasm;
  if (started === ready) return;
  guardMemory(started);
  await startFunctions(started);
  registerRowKernels('wasm', await wasmRowKernels(started));
  ready = started;
}

/** TensorFlow.js wants an address for each of its three binaries, although it loads only one. */
function pathsOf(binary: string): string | Record<string, string> {
  if (binary.endsWith('/')) return binary;
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  return {
    'tfjs-backend-wasm.wasm': binary,
    'tfjs-backend-wasm-simd.wasm': binary,
    'tfjs-backend-wasm-threaded-simd.wasm': binary,
  };
}
