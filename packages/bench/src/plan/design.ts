import { randomFrom } from '@scalpel/core';

/** The bases of the first dimensions. They have no common divisor. */
const BASES = [2, 3, 5, 7, 11, 13, 17, 19] as const;

/** The most dimensions that a design can have. */
export const MOST_DIMENSIONS: number = BASES.length;

/**
 * The points 0 … count − 1 of Halton's sequence in the unit cube (Numerische Mathematik 2, 1960), moved
 * around the cube by a vector that the seed draws (Cranley, Patterson, SIAM J. Numer. Anal. 13, 1976). Every
 * interval of length b^−k of dimension d, whose base is b, holds one of any b^k successive points. A longer
 * design begins with the points of a shorter one.
 */
export function createDesign(count: number, dimensions: number, seed: number): number[][] {
  const random = randomFrom(seed);
  const shift = BASES.slice(0, dimensions).map(() => random());
  return Array.from({ length: count }, (_, index) =>
    shift.map((by, dimension) => (radicalInverse(index, BASES[dimension]!) + by) % 1),
  );
}

/** The digits of a whole number in a base, mirrored at the point: 6 is 110 in base 2 and becomes 0.011. */
export function radicalInverse(index: number, base: number): number {
  let [rest, digits, length] = [index, 0, 1];
  while (rest > 0) {
    digits = digits * base + (rest % base);
    length *= base;
    rest = Math.floor(rest / base);
  }
  return digits / length;
}
