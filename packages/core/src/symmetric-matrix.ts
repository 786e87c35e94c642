/**
 * A small symmetric matrix in float64: the Gramian of a step's rows, with entry (i, j) = ⟨row i, row j⟩. It
 * is immutable. Vectors of coefficients over its rows are plain arrays of the same length.
 */
export class SymmetricMatrix {
  readonly size: number;
  readonly #entries: Float64Array;

  private constructor(size: number, entries: Float64Array) {
    this.size = size;
    this.#entries = entries;
  }

  /**
   * Creates a matrix from a function of (row, column). The function is called only for row <= column, so the
   * result is exactly symmetric.
   */
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

  /** The inner products of the given vectors, accumulated in float64. */
  static gramian(rows: readonly ArrayLike<number>[]): SymmetricMatrix {
    return SymmetricMatrix.from(rows.length, (i, j) => dot(rows[i]!, rows[j]!));
  }

  /** The sum of matrices of this size. Without matrices it is zero. */
  static sum(size: number, matrices: readonly SymmetricMatrix[]): SymmetricMatrix {
    return SymmetricMatrix.from(size, (i, j) => matrices.reduce((sum, matrix) => sum + matrix.at(i, j), 0));
  }

  /** All entries, row by row. */
  get entries(): ArrayLike<number> {
    return this.#entries;
  }

  at(row: number, column: number): number {
    return this.#entries[row * this.size + column]!;
  }

  /** The rows, as lists. */
  toJSON(): number[][] {
    const { size } = this;
    return Array.from({ length: size }, (_, row) => [
      ...this.#entries.subarray(row * size, (row + 1) * size),
    ]);
  }

  /** The product H p. */
  times(p: readonly number[]): number[] {
    const { size } = this;
    const entries = this.#entries;
    const result = new Array<number>(size).fill(0);
    // The symmetric matrix is read row by row, so no addition has to wait for the one before.
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

/** Σ aᵢ bᵢ in float64. Zero coefficients are skipped, so that an unused infinite row has no effect. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== 0) sum += a[i]! * b[i]!;
  }
  return sum;
}
