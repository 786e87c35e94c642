import * as tf from '@tensorflow/tfjs-core';
import { vi } from 'vitest';

/**
 * Makes the cpu backend fail once, after this many further calls for memory. Returns the number of calls.
 * `vi.restoreAllMocks` ends it.
 */
export function failAfter(calls: number): () => number {
  const backend = tf.backend() as unknown as Record<
    'write' | 'makeTensorInfo',
    (...given: unknown[]) => unknown
  >;
  let asked = 0;
  for (const method of ['write', 'makeTensorInfo'] as const) {
    const original = backend[method];
    let isInside = false;
    vi.spyOn(backend, method).mockImplementation((...given) => {
      // One makes use of the other.
      if (!isInside && asked++ === calls) throw new Error('out of memory');
      isInside = true;
      try {
        return original.apply(backend, given);
      } finally {
        isInside = false;
      }
    });
  }
  return () => asked;
}
