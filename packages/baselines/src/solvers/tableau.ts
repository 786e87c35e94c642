import type { LinearProgram } from './linear-form.ts';
import { scalesOf } from './scaling.ts';

/**
 * The simplex tableau of max cᵀx over A x <= b, x >= 0, at a vertex. It expresses the variables in the basis,
 * and the objectives, by the variables outside, which are zero. The first `width` variables are x. The others
 * are the slacks b − A x, one per row.
 */
export class Tableau {
  readonly height: number;
  readonly width: number;
  /** True if the tableau was computed from A for the present basis. */
  isFresh = true;
  readonly #program: LinearProgram;
  /**
   * The relative error that comes from the entries of A. A sum counts as zero if it is smaller than this
   * fraction of its terms.
   */
  readonly #tolerance: number;
  /** The relative error that comes from arithmetic. It would be large beside a small pivot. */
  readonly #zero: number;
  /** Powers of two that bring the rows and columns of A to about 1. */
  readonly #scales: { readonly rows: readonly number[]; readonly columns: readonly number[] };
  /**
   * One row of `width` + 2 entries for each variable in the basis, then one for each objective. A row holds
   * the coefficients of the variables outside with the opposite sign, then the bound, then its infinitesimal.
   */
  readonly #entries: Float64Array;
  /** The variable of each row, and the variable of each column. */
  readonly #basis: number[];
  readonly #outside: number[];

  /** `precision` is the relative error of the entries of A. */
  constructor(program: LinearProgram, precision: number) {
    this.#program = program;
    this.#tolerance = 100 * precision;
    this.height = program.matrix.length;
    this.#zero = 100 * Number.EPSILON * this.height;
    this.width = program.objectives[0]!.length;
    this.#scales = scalesOf(program.matrix, this.width);
    this.#entries = new Float64Array((this.height + program.objectives.length) * (this.width + 2));
    this.#basis = Array.from({ length: this.height }, (_, row) => this.width + row);
    this.#outside = Array.from({ length: this.width }, (_, column) => column);
    this.#reset();
  }

  /**
   * The column of the variable that raises an objective fastest and is not barred. Null if no variable raises
   * it.
   */
  raising(order: number, barred: ReadonlySet<number>): number | null {
    const gains = this.#outside.map((_, column) => -this.#at(this.height + order, column));
    const columns = [...gains.keys()].filter(
      (column) => gains[column]! > 0 && !barred.has(this.#outside[column]!),
    );
    columns.sort((a, b) => gains[b]! - gains[a]!);
    return columns.find((column) => gains[column]! > this.#rounding(order, column)) ?? null;
  }

  /** The variables outside the basis that lower an objective. */
  lowering(order: number): number[] {
    return this.#outside.filter(
      (_, column) => this.#at(this.height + order, column) > this.#rounding(order, column),
    );
  }

  /** The row whose variable reaches zero first when the variable of the column rises. Null if none does. */
  blocking(column: number): number | null {
    let blocking: number | null = null;
    let [least, beyond] = [Number.POSITIVE_INFINITY, 0];
    let largest = 0;
    for (let row = 0; row < this.height; row++) largest = Math.max(largest, Math.abs(this.#at(row, column)));
    for (let row = 0; row < this.height; row++) {
      const slope = this.#at(row, column);
      if (slope <= this.#zero * largest) continue;
      const ratio = this.#at(row, this.width) / slope;
      if (ratio > least) continue;
      // Among those with the same bound, the one whose infinitesimal is used up first.
      const infinitesimal = this.#at(row, this.width + 1) / slope;
      if (ratio === least && infinitesimal >= beyond) continue;
      [blocking, least, beyond] = [row, ratio, infinitesimal];
    }
    return blocking;
  }

  /** Puts the variable of the column into the basis, in the place of the variable of the row. */
  exchange(row: number, column: number): void {
    const entries = this.#entries;
    const stride = this.width + 2;
    const own = row * stride;
    const pivot = entries[own + column]!;
    for (let other = 0; other < stride; other++) entries[own + other]! /= pivot;
    for (let start = 0; start < entries.length; start += stride) {
      const factor = entries[start + column]!;
      if (start === own || factor === 0) continue;
      for (let other = 0; other < stride; other++) {
        const term = factor * entries[own + other]!;
        if (term === 0) continue;
        const before = entries[start + other]!;
        const after = before - term;
        entries[start + other] =
          Math.abs(after) > this.#zero * (Math.abs(before) + Math.abs(term)) ? after : 0;
      }
      entries[start + column] = -factor / pivot;
    }
    entries[own + column] = 1 / pivot;
    [this.#basis[row], this.#outside[column]] = [this.#outside[column]!, this.#basis[row]!];
    this.isFresh = false;
  }

  /** Computes the tableau again from A. */
  refresh(): void {
    const wanted = new Set(this.#basis);
    this.#reset();
    // Largest entries first.
    for (;;) {
      let [pivot, at] = [0, [0, 0] as [number, number]];
      for (const [column, variable] of this.#outside.entries()) {
        if (!wanted.has(variable)) continue;
        for (const [row, leaving] of this.#basis.entries()) {
          const size = Math.abs(this.#at(row, column));
          if (size > pivot && !wanted.has(leaving)) [pivot, at] = [size, [row, column]];
        }
      }
      if (pivot === 0) break;
      this.exchange(...at);
    }
    for (let row = 0; row < this.height; row++) {
      const at = row * (this.width + 2) + this.width;
      this.#entries[at] = Math.max(0, this.#entries[at]!);
    }
    this.isFresh = true;
  }

  /** x, and the price of each bound: the rise of the last objective per unit of the bound. */
  vertex(): { point: number[]; prices: number[] } {
    const { rows, columns } = this.#scales;
    const last = this.height + this.#program.objectives.length - 1;
    const point = new Array<number>(this.width).fill(0);
    const prices = new Array<number>(this.height).fill(0);
    for (const [row, variable] of this.#basis.entries()) {
      if (variable < this.width) point[variable] = this.#at(row, this.width) * columns[variable]!;
    }
    for (const [column, variable] of this.#outside.entries()) {
      const row = variable - this.width;
      if (row >= 0) prices[row] = this.#at(last, column) * rows[row]!;
    }
    return { point, prices };
  }

  /** The part of a gain that may come from errors in A. */
  #rounding(order: number, column: number): number {
    const goal = this.#program.objectives[order]!;
    const gain = (variable: number) =>
      Math.abs((goal[variable] ?? 0) * (this.#scales.columns[variable] ?? 0));
    const terms = this.#basis.reduce(
      (sum, variable, row) => sum + gain(variable) * Math.abs(this.#at(row, column)),
      gain(this.#outside[column]!),
    );
    return this.#tolerance * terms;
  }

  #at(row: number, column: number): number {
    return this.#entries[row * (this.width + 2) + column]!;
  }

  /** Moves to the origin. */
  #reset(): void {
    const { matrix, bounds, objectives } = this.#program;
    const { rows, columns } = this.#scales;
    const stride = this.width + 2;
    for (const [row, scale] of rows.entries()) {
      for (const [column, entry] of matrix[row]!.entries()) {
        this.#entries[row * stride + column] = entry * scale * columns[column]!;
      }
      this.#entries[row * stride + this.width] = bounds[row]! * scale;
      // These numbers are unlikely to cancel in any combination.
      this.#entries[row * stride + this.width + 1] = 1 + (((row + 1) * Math.SQRT2) % 1);
      this.#basis[row] = this.width + row;
    }
    for (const [order, objective] of objectives.entries()) {
      const start = (this.height + order) * stride;
      for (const [column, gain] of objective.entries())
        this.#entries[start + column] = -gain * columns[column]!;
      this.#entries.fill(0, start + this.width, start + stride);
    }
    for (let column = 0; column < this.width; column++) this.#outside[column] = column;
  }
}
