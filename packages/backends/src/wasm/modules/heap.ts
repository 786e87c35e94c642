import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What the stock backend's module has and does not declare. */
interface Emscripten {
  readonly asm: Readonly<Record<string, unknown>>;
  readonly HEAPU8: Uint8Array;
  /** 0 where the memory cannot grow any more. */
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** As far as it is used here: declared in TypeScript's library for browsers alone. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => object;
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: unknown } }>;
};

function emscripten({ wasm }: BackendWasm): Emscripten {
  return wasm as unknown as Emscripten;
}

/**
 * Starts a WebAssembly module of ours, given in base64, on the memory of the stock backend: its functions read and write tensors in place, by
 * their addresses.
 */
export async function instantiate<Functions>(backend: BackendWasm, base64: string): Promise<Functions> {
  const memory = Object.values(emscripten(backend).asm).find((value) => value instanceof WebAssembly.Memory);
  if (memory === undefined) {
    throw new Error(
      'The wasm backend does not show its memory. Use the version of @tensorflow/tfjs-backend-wasm that @scalpel/backends depends on.',
    );
  }
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  return instance.exports as Functions;
}

/** Where a tensor's elements lie, in bytes. */
export function addressOf(backend: BackendWasm, { dataId }: Pick<TensorInfo, 'dataId'>): number {
  return backend.getMemoryOffset(dataId);
}

/** A piece of the heap to work in. */
export class Scratch {
  readonly #backend: BackendWasm;
  #address = 0;
  #bytes = 0;

  constructor(backend: BackendWasm) {
    this.#backend = backend;
  }

  /** The address of at least so many bytes, aligned to 8, with what they held before lost. Views of the heap taken earlier are void. */
  reserve(bytes: number): number {
    if (bytes <= this.#bytes) return this.#address;
    const heap = emscripten(this.#backend);
    heap._free(this.#address);
    this.#bytes = 0;
    this.#address = heap._malloc(bytes) >>> 0;
    if (this.#address === 0) throw new Error(`The wasm backend's heap has no ${bytes} bytes left.`);
    this.#bytes = bytes;
    return this.#address;
  }

  /** The heap, until something is allocated. */
  get buffer(): ArrayBufferLike {
    return emscripten(this.#backend).HEAPU8.buffer;
  }
}
