import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { memory } from '@tensorflow/tfjs-core';

/** The bytes that 32-bit addresses can reach. */
const LIMIT = 2 ** 32;

interface Allocator {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/**
 * Makes the backend throw if its memory of 4 GiB has no room for a tensor. The stock backend continues with
 * address 0, with an address behind the end, or with a length cut to 32 bits. It then writes over other
 * tensors.
 */
export function guardMemory(backend: BackendWasm): void {
  const { wasm } = backend as unknown as { readonly wasm: Allocator };
  // Emscripten replaces a stub with the allocator itself at the first call.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = bytes < LIMIT ? allocate(bytes) >>> 0 : 0;
    if (bytes > 0 && (address === 0 || address + bytes > wasm.HEAPU8.length))
      throw new Error(
        `The WebAssembly memory is full: it ends at 4 GiB, tensors hold ${megabytes(memory().numBytes)} MB, and there is no room for ${megabytes(bytes)} MB more. ` +
          "Dispose of tensors that are not needed, give batches in pieces (inPieces), or give the trainer gradients: 'half' or 'streamed'.",
      );
    return address;
  };
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
