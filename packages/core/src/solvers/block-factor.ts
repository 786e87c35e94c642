import type { SymmetricMatrix } from '../symmetric-matrix.ts';

/**
 * The Cholesky factor of a principal block of a positive semidefinite matrix, C_FF = L Lᵀ. When one index
 * enters or leaves F, the update takes about |F|² operations. The rows of L are stored one after the other,
 * with `size` entries each, in the order in which their indices were added.
 */
export class BlockFactor {
  /** F, in the order of the rows of L. */
  readonly indices: number[] = [];
  readonly #matrix: SymmetricMatrix;
  readonly #rows: Float64Array;

  constructor(matrix: SymmetricMatrix) {
    this.#matrix = matrix;
    this.#rows = new Float64Array(matrix.size * matrix.size);
  }

  /**
   * Adds an index. Returns the squared length of its row without the part that depends on the rows in F. If
   * this is 0 up to rounding, the block is singular.
   */
  append(index: number): number {
    const { size, entries } = this.#matrix;
    const rows = this.#rows;
    const { indices } = this;
    const start = indices.length * size;
    let square = entries[index * size + index]!;
    for (let column = 0; column < indices.length; column++) {
      const own = column * size;
      const rest = entries[index * size + indices[column]!]! - product(rows, start, rows, own, column);
      const entry = rest / rows[own + column]!;
      rows[start + column] = entry;
      square -= entry * entry;
    }
    rows[start + indices.length] = Math.sqrt(Math.max(square, Number.EPSILON));
    indices.push(index);
    return square;
  }

  /**
   * Takes the index at this position out of F. The rows of L below it lose a column, and rotations make them
   * triangular again.
   */
  remove(position: number): void {
    const { size } = this.#matrix;
    const rows = this.#rows;
    this.indices.splice(position, 1);
    const count = this.indices.length;
    for (let row = position; row < count; row++) {
      rows.copyWithin(row * size, (row + 1) * size, (row + 1) * size + row + 2);
    }
    for (let column = position; column < count; column++) {
      const diagonal = column * size + column;
      const length = Math.hypot(rows[diagonal]!, rows[diagonal + 1]!);
      const cosine = rows[diagonal]! / length;
      const sine = rows[diagonal + 1]! / length;
      rows[diagonal] = length;
      for (let row = column + 1; row < count; row++) {
        const at = row * size + column;
        const x = rows[at]!;
        const y = rows[at + 1]!;
        rows[at] = cosine * x + sine * y;
        rows[at + 1] = cosine * y - sine * x;
      }
    }
  }

  /**
   * Takes every index out of F for which `leaves` is true. If there are many, the factor is computed again.
   */
  removeAll(leaves: (index: number) => boolean): void {
    const { indices } = this;
    const first = indices.findIndex(leaves);
    if (first < 0) return;
    const rest = indices.slice(first).filter((index) => !leaves(index));
    if ((indices.length - first - rest.length) * 10 > indices.length) {
      indices.length = first;
      for (const index of rest) this.append(index);
    } else {
      for (let position = indices.length - 1; position >= first; position--) {
        if (leaves(indices[position]!)) this.remove(position);
      }
    }
  }

  /** Takes out the last index. */
  pop(): void {
    this.indices.pop();
  }

  /** The solution of C_FF x = right. */
  solve(right: readonly number[]): Float64Array {
    const { size } = this.#matrix;
    const rows = this.#rows;
    const count = right.length;
    const x = new Float64Array(right);
    for (let row = 0; row < count; row++) {
      const own = row * size;
      x[row] = (x[row]! - product(rows, own, x, 0, row)) / rows[own + row]!;
    }
    for (let row = count - 1; row >= 0; row--) {
      const own = row * size;
      const value = x[row]! / rows[own + row]!;
      x[row] = value;
      for (let column = 0; column < row; column++) x[column]! -= value * rows[own + column]!;
    }
    return x;
  }
}

/**
 * Σ aᵢ bᵢ over `count` entries. Four sums, because an addition takes longer than the time until the next
 * could begin.
 */
function product(a: Float64Array, i: number, b: Float64Array, j: number, count: number): number {
  let p = 0;
  let q = 0;
  let r = 0;
  let s = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    p += a[i + k]! * b[j + k]!;
    q += a[i + k + 1]! * b[j + k + 1]!;
    r += a[i + k + 2]! * b[j + k + 2]!;
    s += a[i + k + 3]! * b[j + k + 3]!;
  }
  for (; k < count; k++) p += a[i + k]! * b[j + k]!;
  return p + q + (r + s);
}
