import { type SymmetricMatrix, unit } from '@scalpel/core';

/** A combination of the rows of a Gramian. Rows are added to it one after the other. */
export interface RunningCombination {
  readonly coefficients: readonly number[];
  /** Its inner products with the rows. Each addition updates them, with one operation per row. */
  readonly products: readonly number[];
  add(factor: number, row: number): void;
}

/** Starts with a single row. */
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
