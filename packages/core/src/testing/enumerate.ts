import { LuDecomposition, Matrix } from 'ml-matrix';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';

/**
 * The minimiser of ½ zᵀC z + qᵀz over z >= 0, found by trying every set of positive entries. It is the oracle
 * for small, bounded programs. Sets with a singular block are skipped, because some minimiser has none
 * (Carathéodory).
 */
export function minimizeByEnumeration(matrix: SymmetricMatrix, linear: readonly number[]): number[] {
  let best = new Array<number>(matrix.size).fill(0);
  let lowest = 0;
  for (let mask = 1; mask < 2 ** matrix.size; mask++) {
    const support = [...best.keys()].filter((index) => mask & (1 << index));
    const block = new LuDecomposition(
      new Matrix(support.map((row) => support.map((column) => matrix.at(row, column)))),
    );
    if (Math.abs(block.determinant) < 1e-13) continue;
    const answer = block.solve(Matrix.columnVector(support.map((index) => -linear[index]!))).to1DArray();
    if (answer.some((x) => !(x > 0))) continue;
    // At such a point the quadratic term cancels half of the linear term.
    const value = support.reduce((sum, index, i) => sum + 0.5 * linear[index]! * answer[i]!, 0);
    if (value >= lowest) continue;
    lowest = value;
    best = best.map((_, index) => answer[support.indexOf(index)] ?? 0);
  }
  return best;
}
