import * as tf from '@tensorflow/tfjs-core';

/**
 * The error with which a step ends. If a tensor of its batches has been disposed of, the error names it;
 * otherwise it is the given error.
 */
export function nameDisposed(error: unknown, batches: readonly unknown[]): unknown {
  const path = disposedIn(batches.length === 1 ? batches[0] : batches, 'batch', new Set());
  if (path === null) return error;
  return new Error(
    `The tensor ${path} has been disposed of. A step goes on after the call: dispose of its batch once it has ended, as in ` +
      '`await trainer.step(batch)`. `dataset.forEachAsync` disposes of batches too early: take them from `await dataset.iterator()`.',
    { cause: error },
  );
}

/** The place of the first disposed tensor. Null if there is none. */
function disposedIn(value: unknown, path: string, seen: Set<unknown>): string | null {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || seen.has(value))
    return null;
  if (value instanceof tf.Tensor) return value.isDisposed ? path : null;
  seen.add(value);
  const isList = Array.isArray(value);
  for (const [key, item] of Object.entries(value)) {
    const found = disposedIn(item, isList ? `${path}[${key}]` : `${path}.${key}`, seen);
    if (found !== null) return found;
  }
  return null;
}
