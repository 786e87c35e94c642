import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/** Windows of a text at random positions: [count, length], int32. */
export function randomWindows(
  bytes: Uint8Array,
  count: number,
  length: number,
  random: () => number,
): Tensor2D {
  const last = bytes.length - length;
  return windowsFrom(
    bytes,
    Array.from({ length: count }, () => Math.floor(random() * (last + 1))),
    length,
  );
}

/** The starts of `count` evenly spaced windows, from the first to the last byte of a text. */
export function evenStarts(bytes: Uint8Array, count: number, length: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Math.floor((index * (bytes.length - length)) / Math.max(1, count - 1)),
  );
}

/** The windows that begin at these bytes: [starts, length], int32. */
export function windowsFrom(bytes: Uint8Array, starts: readonly number[], length: number): Tensor2D {
  const values = new Int32Array(starts.length * length);
  for (const [row, start] of starts.entries())
    values.set(bytes.subarray(start, start + length), row * length);
  return tensor2d(values, [starts.length, length], 'int32');
}
