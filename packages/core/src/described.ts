import { Tensor } from '@tensorflow/tfjs-core';

/** A value in the words of an error message. */
export function described(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isPromise(value)) return 'a promise';
  if (value instanceof Tensor) return `a tensor of ${value.dtype} and shape [${value.shape}]`;
  return Array.isArray(value) ? 'a list' : 'an object';
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
