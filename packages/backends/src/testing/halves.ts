import { randomFrom } from '@scalpel/core';
import { halved, innerProducts, type StoredRow } from '@scalpel/core/rows';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';

// Rows in float16, for the tests of kernels.

export interface Halves {
  readonly sizes: readonly number[];
  readonly rows: number;
  /** Rows have elements of about 10 to this power. */
  readonly exponents: readonly number[];
  /** Elements of a row are of up to this many decades. */
  readonly decades: number;
  readonly seed: number;
}

/** Values of all scales, with sizes among these. */
export function halvesOf(sizes: readonly number[], most: number): fc.Arbitrary<Halves> {
  return fc.record({
    sizes: fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constantFrom(...sizes)), {
      minLength: 1,
      maxLength: 4,
    }),
    rows: fc.integer({ min: 1, max: most }),
    exponents: fc.array(fc.integer({ min: -30, max: 30 }), { minLength: most, maxLength: most }),
    decades: fc.integer({ min: 0, max: 12 }),
    seed: fc.nat(),
  });
}

/** Row by row, then variable by variable. */
export function valuesOf({ sizes, rows, exponents, decades, seed }: Halves): Float32Array[][] {
  const random = randomFrom(seed);
  return Array.from({ length: rows }, (_, row) =>
    sizes.map((size) =>
      Float32Array.from(
        { length: size },
        () => (random() - 0.4) * 10 ** (exponents[row]! - Math.floor(random() * (decades + 1))),
      ),
    ),
  );
}

export const tensorsOf = (values: readonly (Float32Array | null)[][]): (tf.Tensor | null)[][] =>
  values.map((row) => row.map((part) => part && tf.tensor1d(part)));

/** The rows in float16. Their largest elements have been read. */
export async function halvedRows(values: readonly (Float32Array | null)[][]): Promise<StoredRow[]> {
  const rows = tensorsOf(values).map(halved);
  await innerProducts(rows);
  return rows;
}

/** What is stored of the values: computed in float64, with ties to even. */
export function stored(values: Float32Array): Float64Array {
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const unit = 2 ** Math.max(-110, exponentIn(largest) - 14);
  return Float64Array.from(values, (x) => {
    const step = 2 ** (Math.max(exponentIn(x / unit), -14) - 10);
    const steps = x / unit / step;
    const below = Math.floor(steps);
    const isUp = steps - below > 0.5 || (steps - below === 0.5 && below % 2 !== 0);
    return (below + Number(isUp)) * step * unit;
  });
}

/** The exponent of the largest power of two that is not above |x|. */
function exponentIn(x: number): number {
  if (x === 0) return -1e3;
  const near = Math.floor(Math.log2(Math.abs(x)));
  return near + Number(2 ** (near + 1) <= Math.abs(x)) - Number(2 ** near > Math.abs(x));
}
