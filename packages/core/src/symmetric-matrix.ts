/**
 * A small symmetric matrix in float64: the Gramian of a step's rows, entry (i, j) = ⟨row i, row j⟩.
 * Immutable. Vectors of coefficients over its rows are plain arrays of the same length.
 */
export class SymmetricMatrix {
  readonly size: number;
  readonly #entries: Float64Array;

  private constructor(size: number, entries: Float64Array) {
    this.size = size;
    this.#entries = entries;
  }

  /** From a function of (row, column), called for row <= column only, so the result is exactly symmetric. */
  static from(size: number, entry: (row: number, column: number) => number): SymmetricMatrix {
    const entries = new Float64Array(size * size);
    for (let row = 0; row < size; row++) {
      for (let column = row; column < size; column++) {
        const value = entry(row, column);
        entries[row * size + column] = value;
        entries[column * size + row] = value;
      }
    }
    return new SymmetricMatrix(size, entries);
  }

  /** Inner products of the given vectors, accumulated in float64. */
  static gramian(rows: readonly ArrayLike<number>[]): SymmetricMatrix {
    return SymmetricMatrix.from(rows.length, (i, j) => dot(rows[i]!, rows[j]!));
  }

  /** The sum of matrices of this size; zeros without any. */
  static sum(size: number, matrices: readonly SymmetricMatrix[]): SymmetricMatrix {
    return SymmetricMatrix.from(size, (i, j) => matrices.reduce((sum, matrix) => sum + matrix.at(i, j), 0));
  }

  /** All of them, row by row. */
  get entries(): ArrayLike<number> {
    return this.#entries;
  }

  at(row: number, column: number): number {
    return this.#entries[row * this.size + column]!;
  }

  /** Its rows. */
  toJSON(): number[][] {
    const { size } = this;
    return Array.from({ length: size }, (_, row) => [
      ...this.#entries.subarray(row * size, (row + 1) * size),
    ]);
  }

  /** H p */
  times(p: readonly number[]): number[] {
    const { size } = this;
    const entries = this.#entries;
    const result = new Array<number>(size).fill(0);
    // Row after row of the matrix, which is symmetric: no addition waits for the one before.
    for (let row = 0; row < size; row++) {
      const factor = p[row]!;
      if (factor === 0) continue;
      for (let column = 0; column < size; column++) result[column]! += factor * entries[row * size + column]!;
    }
    return result;
  }

  /** pᵀ H q: the inner product of two combinations of the rows. */
  inner(p: readonly number[], q: readonly number[]): number {
    return dot(p, this.times(q));
  }

  /** P H Pᵀ: the Gramian of the combinations in the rows of P. */
  lift(combinations: readonly (readonly number[])[]): SymmetricMatrix {
    const images = combinations.map((combination) => this.times(combination));
    return SymmetricMatrix.from(combinations.length, (i, j) => dot(combinations[i]!, images[j]!));
  }
}

/** Σ aᵢ bᵢ in float64, skipping zero coefficients so that an unused infinite row stays unused. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== 0) sum += a[i]! * b[i]!;
  }
  return sum;
}
