import * as tf from '@tensorflow/tfjs';

/** The allocator from which the backend gets the memory of every tensor. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/**
 * Counts the bytes in use from now on. The returned function runs some work and gives its peak, beyond the
 * bytes before it.
 */
export function countMemory(): (work: () => Promise<unknown>) => Promise<number> {
  const { wasm } = tf.backend() as unknown as { readonly wasm: Allocator };
  const { _malloc, _free } = wasm;
  const sizes = new Map<number, number>();
  let [now, most] = [0, 0];
  wasm._malloc = (bytes) => {
    const address = _malloc(bytes);
    sizes.set(address, bytes);
    now += bytes;
    most = Math.max(most, now);
    return address;
  };
  wasm._free = (address) => {
    now -= sizes.get(address) ?? 0;
    sizes.delete(address);
    _free(address);
  };
  return async (work) => {
    const before = now;
    most = now;
    await work();
    return most - before;
  };
}
