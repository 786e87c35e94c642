import { SymmetricMatrix } from '@scalpel/core';

/**
 * G + regularization · trace(G) · I, for regularization >= 0. Other libraries solve quadratic programs on G /
 * trace(G) + 1e-4 I. With 1e-4 the minimiser is the same, so this reproduces their answers and their bias.
 */
export function regularized(gramian: SymmetricMatrix, regularization: number): SymmetricMatrix {
  const { size } = gramian;
  const trace = Array.from({ length: size }, (_, row) => gramian.at(row, row)).reduce((a, b) => a + b, 0);
  return SymmetricMatrix.from(size, (i, j) => gramian.at(i, j) + (i === j ? regularization * trace : 0));
}
