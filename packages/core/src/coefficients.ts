import type { GramianStep } from './combiner.ts';
import type { SymmetricMatrix } from './symmetric-matrix.ts';

/*
 * Combinations of the rows of a Gramian, as lists with one coefficient per row. Methods compute with these
 * instead of gradients.
 */

/** Row `index` alone: 1 at `index` and 0 elsewhere, in a list of `size` coefficients. */
export function unit(size: number, index: number): number[] {
  const vector = new Array<number>(size).fill(0);
  vector[index] = 1;
  return vector;
}

/** The coefficients of the first rows, with zeros for the others of `size` rows. */
export function padded(coefficients: readonly number[], size: number): number[] {
  return Array.from({ length: size }, (_, row) => coefficients[row] ?? 0);
}

/**
 * Σ coefficient · vector, for at least one vector. A vector with the coefficient 0 is left out, even if it is
 * infinite.
 */
export function combination(
  coefficients: readonly number[],
  vectors: readonly (readonly number[])[],
): number[] {
  const sum = new Array<number>(vectors[0]!.length).fill(0);
  for (const [index, vector] of vectors.entries()) {
    const coefficient = coefficients[index]!;
    if (coefficient === 0) continue;
    for (let entry = 0; entry < sum.length; entry++) sum[entry]! += coefficient * vector[entry]!;
  }
  return sum;
}

/** The next value of a moving average, (1 − rho) · average + rho · newest, with rho in [0, 1]. */
export function movingAverage(average: readonly number[], newest: readonly number[], rho: number): number[] {
  return combination([1 - rho, rho], [average, newest]);
}

/** The gradient of each level: the sum of its rows, or zero if all of them are absent. */
export function levelGradients({
  gramian,
  rows,
  setup,
}: Pick<GramianStep, 'gramian' | 'rows' | 'setup'>): readonly (readonly number[])[] {
  return Array.from({ length: setup.levels }, (_, level) =>
    Array.from({ length: gramian.size }, (_, index) => (rows[index]?.level === level ? 1 : 0)),
  );
}

/** ⟨u, v⟩ / ‖v‖², or 0 if v is zero. The projection of u on v is this multiple of v. */
export function projectionFactor(
  gramian: SymmetricMatrix,
  u: readonly number[],
  v: readonly number[],
): number {
  const square = gramian.inner(v, v);
  return square > 0 ? gramian.inner(u, v) / square : 0;
}

/** Σ |coefficient| · ‖row‖: the sum of the lengths of the terms of a combination. */
export function termsOf(gramian: SymmetricMatrix, coefficients: readonly number[]): number {
  return coefficients.reduce(
    (sum, c, row) => sum + (c === 0 ? 0 : Math.abs(c) * Math.sqrt(gramian.at(row, row))),
    0,
  );
}

/**
 * The length of a combination. It is 0 if the precision of the inner products cannot tell it from 0, so that
 * nothing is divided by rounding errors. If its inner products with the rows are known, pass them as
 * `products`.
 */
export function lengthOf(
  { gramian, precision }: Pick<GramianStep, 'gramian' | 'precision'>,
  coefficients: readonly number[],
  products: readonly number[] = gramian.times(coefficients),
): number {
  const square = coefficients.reduce((sum, c, row) => sum + (c === 0 ? 0 : c * products[row]!), 0);
  return square > 100 * precision * termsOf(gramian, coefficients) ** 2 ? Math.sqrt(square) : 0;
}
