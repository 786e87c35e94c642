import { type SymmetricMatrix, unit } from '@scalpel/core';

/** A combination of the rows of a Gramian to which one row after the other is added. */
export interface RunningCombination {
  readonly coefficients: readonly number[];
  /** Its inner products with the rows. They follow each addition, in as many operations as there are rows. */
  readonly products: readonly number[];
  add(factor: number, row: number): void;
}

/** Begins with one row alone. */
export function runningCombination({ size, entries }: SymmetricMatrix, own: number): RunningCombination {
  const coefficients = unit(size, own);
  const products = Array.from({ length: size }, (_, row) => entries[own * size + row]!);
  return {
    coefficients,
    products,
    add(factor, row) {
      coefficients[row]! += factor;
      for (let other = 0; other < size; other++) products[other]! += factor * entries[row * size + other]!;
    },
  };
}
