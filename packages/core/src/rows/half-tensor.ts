import type * as tf from '@tensorflow/tfjs-core';

/**
 * A tensor rounded to float16, divided by a power of two so that its largest element is near the upper end of
 * float16. Kernels work on these stored numbers; `innerProducts` and `combinations` put the power back.
 */
export class HalfTensor {
  readonly shape: number[];
  readonly size: number;
  /** 32-bit words with two elements each, the first in the lower half. */
  readonly words: tf.Tensor;
  /** The largest magnitude of the elements before they were divided. NaN or Infinity if an element is so. */
  readonly largest: tf.Scalar;
  #exponent: number | null = null;

  constructor({ shape, size }: tf.Tensor, words: tf.Tensor, largest: tf.Scalar) {
    this.shape = shape;
    this.size = size;
    this.words = words;
    this.largest = largest;
  }

  /** True once `setLargest` was called. */
  get isRead(): boolean {
    return this.#exponent !== null;
  }

  /** The exponent of the power of two. */
  get exponent(): number {
    if (this.#exponent === null) throw new Error('The largest element of this tensor has not been read yet.');
    return this.#exponent;
  }

  /** Tells the value of `largest` once it has been read. */
  setLargest(value: number): void {
    this.#exponent = exponentOf(value);
  }

  dispose(): void {
    this.words.dispose();
    this.largest.dispose();
  }
}

/** The least exponent: with it, 2 to the exponent and its inverse are normal float32 numbers. */
export const LEAST_EXPONENT = -110;

/**
 * The exponent for a largest magnitude, which is then below 2^15 and, unless it is tiny, at least 2^14. It
 * follows from the bits of the number, so that it is the same on every device.
 */
export function exponentOf(largest: number): number {
  const [bits] = new Uint32Array(Float32Array.of(largest).buffer);
  return Math.max(LEAST_EXPONENT, ((bits! >>> 23) & 255) - 141);
}
