import { setBackend } from '@tensorflow/tfjs-core';
import { mendWasm } from './mend.ts';

/**
 * Makes the wasm backend, mended for training, the current TensorFlow.js backend. In a browser, where the binary does not
 * lie beside the bundle, call `setWasmPaths` of `@tensorflow/tfjs-backend-wasm` before.
 */
export async function startWasm(): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  mendWasm();
  if (!(await setBackend('wasm')))
    throw new Error(
      'The wasm backend did not start: its .wasm file was not found or could not be compiled (see the warning above). ' +
        "In a browser or a bundle, call setWasmPaths from '@tensorflow/tfjs-backend-wasm' with the folder of the .wasm files first.",
    );
}
