import type { GramianStep } from '@scalpel/core';

/**
 * The moves of weights: inner products of a step times `rate`, which is per squared length, in the unit of
 * the gradients. If the largest move is above 2⁹⁰⁰, all are scaled so that it is 2⁹⁰⁰. Then too all weight
 * goes to the row with the smallest product.
 */
export function perSquare(rate: number, products: readonly number[], { unit = 1 }: GramianStep): number[] {
  const most = Math.max(...products.map(Math.abs));
  const factor = most === 0 ? 0 : Math.min(rate * unit * unit, 2 ** 900 / most);
  return products.map((x) => factor * x);
}
