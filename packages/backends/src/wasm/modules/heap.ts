import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Members of the stock backend's module that its types do not declare. */
interface Emscripten {
  readonly asm: Readonly<Record<string, unknown>>;
  readonly HEAPU8: Uint8Array;
  /** Gives 0 if the memory cannot grow any more. */
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** The part of WebAssembly that is used here. TypeScript declares it in its library for browsers only. */
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
 * Starts one of our WebAssembly modules, given in base64, on the memory of the stock backend. Its functions
 * read and write tensors in place, by their addresses.
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

/** The address of a tensor's elements, in bytes. */
export function addressOf(backend: BackendWasm, { dataId }: Pick<TensorInfo, 'dataId'>): number {
  return backend.getMemoryOffset(dataId);
}

/** A piece of the heap for temporary values. */
export class Scratch {
  readonly #backend: BackendWasm;
  #address = 0;
  #bytes = 0;

  constructor(backend: BackendWasm) {
    this.#backend = backend;
  }

  /**
   * The address of at least this many bytes, aligned to 8. Their earlier content is lost, and earlier views
   * of the heap are invalid.
   */
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

  /** A view of the heap that is valid until the next allocation. */
  get buffer(): ArrayBufferLike {
    return emscripten(this.#backend).HEAPU8.buffer;
  }
}
