import type { GramianStep } from '@scalpel/core';

/**
 * Inner products of a step times a rate per squared length, whatever its unit: by how much weights move.
 * Moves beyond 2⁹⁰⁰ are brought there, where all weight goes to the row with the smallest product just the
 * same.
 */
export function perSquare(rate: number, products: readonly number[], { unit = 1 }: GramianStep): number[] {
  const most = Math.max(...products.map(Math.abs));
  const factor = most === 0 ? 0 : Math.min(rate * unit * unit, 2 ** 900 / most);
  return products.map((x) => factor * x);
}
