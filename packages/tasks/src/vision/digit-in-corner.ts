import { SIDE } from './pictures.ts';

const SMALL = SIDE / 2;

/**
 * Shrinks the digit of this index to 14 × 14 pixels, each the mean of four, and lays it over the upper left
 * corner of a picture. At each pixel the brighter one of both stays.
 */
export function digitInCorner(digits: Uint8Array, index: number, picture: Uint8Array): void {
  for (let row = 0; row < SMALL; row++) {
    for (let column = 0; column < SMALL; column++) {
      const from = index * SIDE * SIDE + 2 * row * SIDE + 2 * column;
      const four = digits[from]! + digits[from + 1]! + digits[from + SIDE]! + digits[from + SIDE + 1]!;
      const to = row * SIDE + column;
      picture[to] = Math.max(picture[to]!, Math.round(four / 4));
    }
  }
}
