import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { BlockFactor } from './block-factor.ts';

/** A program and the present state of its solution. */
export interface NonnegativeProgram {
  readonly matrix: SymmetricMatrix;
  readonly linear: readonly number[];
  readonly base: readonly number[];
  /**
   * A combination of unit rows counts as zero if its squared length is below this, relative to the squared
   * sum of its coefficients.
   */
  readonly flat: number;
  /** z, the present point. */
  readonly point: Float64Array;
  /**
   * The factor of the free indices. The derivatives by them are zero. All positive entries of z are among
   * them.
   */
  readonly factor: BlockFactor;
  /**
   * The derivatives of the objective, and the sums of the magnitudes of their terms. The rounding error of a
   * derivative is relative to this sum.
   */
  readonly slopes: Float64Array;
  readonly terms: Float64Array;
}

/** The largest violation of the optimality conditions, relative to their terms. */
export function residualOf({ point, slopes, terms }: NonnegativeProgram): number {
  return slopes.reduce((worst, slope, index) => {
    const violation = point[index]! > 0 ? Math.abs(slope) : Math.max(0, -slope);
    return terms[index] === 0 ? worst : Math.max(worst, violation / terms[index]!);
  }, 0);
}

/** True if the objective falls by more than rounding when the entry at this index rises. */
export function isDescent({ slopes, terms }: NonnegativeProgram, index: number): boolean {
  return isBeyondRounding(-slopes[index]!, terms[index]!, slopes.length);
}

export function isBeyondRounding(value: number, terms: number, size: number): boolean {
  return value > 10 * size * Number.EPSILON * terms;
}

/** Computes the derivatives at the present point. */
export function differentiate({ matrix, linear, base, point, slopes, terms }: NonnegativeProgram): void {
  const { entries, size } = matrix;
  for (const [index, value] of linear.entries()) {
    slopes[index] = value;
    terms[index] = Math.abs(value);
  }
  const parts = point.map((value, row) => base[row]! + value);
  const rows: number[] = [];
  for (let row = 0; row < size; row++) if (parts[row] !== 0) rows.push(row);
  // Two rows at a time need half as many stores. If the number of rows is odd, the last one has no partner.
  for (let next = 0; next < rows.length; next += 2) {
    const [row, other = row] = [rows[next]!, rows[next + 1]];
    const part = parts[row]!;
    const otherPart = other === row ? 0 : parts[other]!;
    for (let column = 0; column < size; column++) {
      const term = part * entries[row * size + column]!;
      const otherTerm = otherPart * entries[other * size + column]!;
      slopes[column] = slopes[column]! + term + otherTerm;
      terms[column] = terms[column]! + Math.abs(term) + Math.abs(otherTerm);
    }
  }
}
