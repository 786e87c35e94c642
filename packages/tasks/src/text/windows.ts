import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/** This many windows of this many bytes of a text, each from a random place: [count, length], int32. */
export function randomWindows(
  bytes: Uint8Array,
  count: number,
  length: number,
  random: () => number,
): Tensor2D {
  const places = bytes.length - length + 1;
  return windowsFrom(
    bytes,
    Array.from({ length: count }, () => Math.floor(random() * places)),
    length,
  );
}

/** The places of `count` windows that lie evenly over a text, from its first to its last byte. */
export function evenPlaces(bytes: Uint8Array, count: number, length: number): number[] {
  return Array.from({ length: count }, (_, index) =>
    Math.floor((index * (bytes.length - length)) / Math.max(1, count - 1)),
  );
}

/** The windows that begin at these places: [places, length], int32. */
export function windowsFrom(bytes: Uint8Array, places: readonly number[], length: number): Tensor2D {
  const values = new Int32Array(places.length * length);
  for (const [row, place] of places.entries())
    values.set(bytes.subarray(place, place + length), row * length);
  return tensor2d(values, [places.length, length], 'int32');
}
