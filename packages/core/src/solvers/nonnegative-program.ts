import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { BlockFactor } from './block-factor.ts';

/** A program, and how far its solution has come. */
export interface NonnegativeProgram {
  readonly matrix: SymmetricMatrix;
  readonly linear: readonly number[];
  readonly base: readonly number[];
  /**
   * Squared length of a combination of unit rows, relative to the squared sum of its coefficients, that
   * counts as zero.
   */
  readonly flat: number;
  /** z */
  readonly point: Float64Array;
  /** Its indices are free: the derivatives by them are zero, and by those of no others z is positive. */
  readonly factor: BlockFactor;
  /**
   * The derivatives of the objective, and the sums of the magnitudes that they are made of, to which their
   * rounding errors are relative.
   */
  readonly slopes: Float64Array;
  readonly terms: Float64Array;
}

/** The largest violation of the optimality conditions, relative to the terms they are made of. */
export function residualOf({ point, slopes, terms }: NonnegativeProgram): number {
  return slopes.reduce((worst, slope, index) => {
    const violation = point[index]! > 0 ? Math.abs(slope) : Math.max(0, -slope);
    return terms[index] === 0 ? worst : Math.max(worst, violation / terms[index]!);
  }, 0);
}

/** Whether the objective falls by more than rounding where the index rises. */
export function isDescent({ slopes, terms }: NonnegativeProgram, index: number): boolean {
  return isBeyondRounding(-slopes[index]!, terms[index]!, slopes.length);
}

export function isBeyondRounding(value: number, terms: number, size: number): boolean {
  return value > 10 * size * Number.EPSILON * terms;
}

/** Takes the derivatives at the point. */
export function differentiate({ matrix, linear, base, point, slopes, terms }: NonnegativeProgram): void {
  const { entries, size } = matrix;
  for (const [index, value] of linear.entries()) {
    slopes[index] = value;
    terms[index] = Math.abs(value);
  }
  const parts = point.map((value, row) => base[row]! + value);
  const rows: number[] = [];
  for (let row = 0; row < size; row++) if (parts[row] !== 0) rows.push(row);
  // Two rows at a time take half as many stores. The last one of an odd number goes with nothing.
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
