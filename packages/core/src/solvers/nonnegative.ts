import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';

/*
 * Nonnegative quadratic programs over the cosines of a few gradients, solved exactly by an active set (as Lawson and Hanson, "Solving Least
 * Squares Problems", 1974, chapter 23, but entering one index along the line that keeps the others stationary, so that the free
 * block is never singular: parallel and dependent rows need no special case, and an unbounded program shows its ray).
 */

export interface NonnegativeSolution {
  /** The minimiser z >= 0; where the program is unbounded, the last point before the ray. */
  readonly point: readonly number[];
  /** A direction p >= 0 with C p = 0, to precision, along which the objective falls for ever; null if there is none. */
  readonly ray: readonly number[] | null;
  /** Largest violation of the optimality conditions of `point`, relative to the terms they are made of; finite. */
  readonly residual: number;
}

interface Program {
  readonly matrix: SymmetricMatrix;
  readonly linear: readonly number[];
  readonly base: readonly number[];
}

/**
 * Minimises ½ (b + z)ᵀC (b + z) + qᵀz over z >= 0, with `base` b, by default 0. A linear term that comes from a combination of the same rows belongs
 * there: rounding is then told apart from descent where that combination nearly vanishes.
 *
 * C is positive semidefinite with a unit diagonal: the cosines between rows (`unitRows`). `precision` is the error of its entries: a combination
 * of unit rows with a squared length below 100 times that, relative to the squared sum of its coefficients, counts as zero.
 */
export function minimizeNonnegative(
  matrix: SymmetricMatrix,
  linear: readonly number[],
  precision: number,
  base: readonly number[] = linear.map(() => 0),
): NonnegativeSolution {
  const size = matrix.size;
  const program = { matrix, linear, base };
  const flat = 100 * precision;
  const point = new Array<number>(size).fill(0);
  const free: number[] = [];
  // Every round lowers the objective, so free sets do not repeat; the bound is for what rounding might do to that.
  for (let round = 0; round < 20 * (size + 1); round++) {
    const entering = steepest(program, point, free);
    if (entering === null) break;
    for (;;) {
      const line = lineOf(matrix, free, entering);
      const curvature = matrix.inner(line, line);
      const slope = derivative(program, point, entering).value;
      const curved = curvature > flat * line.reduce((sum, x) => sum + Math.abs(x), 0) ** 2;
      const wanted = curved ? Math.max(0, -slope / curvature) : Number.POSITIVE_INFINITY;
      const { step, blocking } = stepTo(wanted, point, line);
      if (step === Number.POSITIVE_INFINITY) {
        return { point, ray: line, residual: residualOf(program, point) };
      }
      // An index that reaches zero along with the blocking one may round below it.
      for (const index of [...free, entering])
        point[index] = Math.max(0, point[index]! + step * line[index]!);
      if (blocking === null) break;
      point[blocking] = 0;
      free.splice(free.indexOf(blocking), 1);
    }
    free.push(entering);
  }
  return { point, ray: null, residual: residualOf(program, point) };
}

/** The index whose increase lowers the objective fastest, or null where none does beyond rounding. */
function steepest(program: Program, point: readonly number[], free: readonly number[]): number | null {
  let best: number | null = null;
  let fastest = 0;
  for (let index = 0; index < point.length; index++) {
    if (free.includes(index)) continue;
    const { value, terms } = derivative(program, point, index);
    if (-value > fastest && -value > 10 * point.length * Number.EPSILON * terms) {
      best = index;
      fastest = -value;
    }
  }
  return best;
}

/** The line with slope one in `entering` on which the derivatives of the free indices do not change. */
function lineOf(matrix: SymmetricMatrix, free: readonly number[], entering: number): number[] {
  const line = new Array<number>(matrix.size).fill(0);
  line[entering] = 1;
  const answer = solve(
    matrix,
    free,
    free.map((index) => -matrix.at(index, entering)),
  );
  for (const [position, index] of free.entries()) line[index] = answer[position]!;
  return line;
}

/** How far to go, at most `wanted`, until an index reaches zero. */
function stepTo(
  wanted: number,
  point: readonly number[],
  line: readonly number[],
): { step: number; blocking: number | null } {
  let step = wanted;
  let blocking: number | null = null;
  for (const [index, slope] of line.entries()) {
    if (slope < 0 && point[index]! / -slope < step) {
      step = point[index]! / -slope;
      blocking = index;
    }
  }
  return { step, blocking };
}

function solve(matrix: SymmetricMatrix, free: readonly number[], right: readonly number[]): number[] {
  if (free.length === 0) return [];
  const block = new Matrix(free.map((row) => free.map((column) => matrix.at(row, column))));
  return new CholeskyDecomposition(block).solve(Matrix.columnVector([...right])).to1DArray();
}

function residualOf(program: Program, point: readonly number[]): number {
  return point.reduce((worst, x, index) => {
    const { value, terms } = derivative(program, point, index);
    const violation = x > 0 ? Math.abs(value) : Math.max(0, -value);
    return terms === 0 ? worst : Math.max(worst, violation / terms);
  }, 0);
}

/** The derivative by one index, and the sum of the magnitudes it is made of: its rounding error is relative to that. */
function derivative(
  { matrix, linear, base }: Program,
  point: readonly number[],
  index: number,
): { value: number; terms: number } {
  let value = linear[index]!;
  let terms = Math.abs(value);
  for (const [other, x] of point.entries()) {
    const term = matrix.at(index, other) * (base[other]! + x);
    value += term;
    terms += Math.abs(term);
  }
  return { value, terms };
}
