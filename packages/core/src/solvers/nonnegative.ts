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
  /** Squared length of a combination of unit rows, relative to the squared sum of its coefficients, that counts as zero. */
  readonly flat: number;
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
  const program = { matrix, linear, base, flat: 100 * precision };
  const point = new Array<number>(size).fill(0);
  const free: number[] = [];
  // Every round lowers the objective, so free sets do not repeat; the bound is for what rounding might do to that.
  for (let round = 0; round < 20 * (size + 1); round++) {
    const entry = enter(program, point, free);
    if (entry === null) break;
    const { entering } = entry;
    let descent: Descent | null = entry.descent;
    while (descent !== null) {
      const { line } = descent;
      const { step, blocking } = stepTo(descent.wanted, point, line);
      if (step === Number.POSITIVE_INFINITY) {
        return { point, ray: line, residual: residualOf(program, point) };
      }
      // An index that reaches zero along with the blocking one may round below it.
      for (const index of [...free, entering])
        point[index] = Math.max(0, point[index]! + step * line[index]!);
      if (blocking === null) break;
      point[blocking] = 0;
      free.splice(free.indexOf(blocking), 1);
      descent = descentAlong(program, derivatives(program, point), free, entering);
    }
    free.push(entering);
  }
  return { point, ray: null, residual: residualOf(program, point) };
}

interface Descent {
  readonly line: readonly number[];
  /** How far along the line the objective is least. */
  readonly wanted: number;
}

/** The index whose increase lowers the objective fastest, of those with which it falls along the whole line; null where there is none. */
function enter(
  program: Program,
  point: readonly number[],
  free: readonly number[],
): { entering: number; descent: Descent } | null {
  const slopes = derivatives(program, point);
  const candidates = slopes
    .map((slope, index) => ({ ...slope, index }))
    .filter((slope) => isDescent(slope, point.length) && !free.includes(slope.index))
    .sort((a, b) => a.value - b.value);
  for (const { index: entering } of candidates) {
    const descent = descentAlong(program, slopes, free, entering);
    if (descent !== null) return { entering, descent };
  }
  return null;
}

/**
 * The line with slope one in `entering` on which the derivatives of the free indices do not change; null where the objective does not fall along it beyond
 * rounding. Between nearly dependent rows its entries are large, and so is that rounding. Along a flat line only the linear term changes.
 */
function descentAlong(
  program: Program,
  slopes: readonly Derivative[],
  free: readonly number[],
  entering: number,
): Descent | null {
  const { matrix, linear, flat } = program;
  const line = lineOf(matrix, free, entering);
  const curvature = matrix.inner(line, line);
  const curved = curvature > flat * line.reduce((sum, x) => sum + Math.abs(x), 0) ** 2;
  let value = 0;
  let terms = 0;
  for (const index of [...free, entering]) {
    const own = curved ? slopes[index]! : { value: linear[index]!, terms: Math.abs(linear[index]!) };
    value += line[index]! * own.value;
    terms += Math.abs(line[index]!) * own.terms;
  }
  if (!isDescent({ value, terms }, matrix.size)) return null;
  return { line, wanted: curved ? -value / curvature : Number.POSITIVE_INFINITY };
}

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
  return derivatives(program, point).reduce((worst, { value, terms }, index) => {
    const violation = point[index]! > 0 ? Math.abs(value) : Math.max(0, -value);
    return terms === 0 ? worst : Math.max(worst, violation / terms);
  }, 0);
}

/** A derivative of the objective, and the sum of the magnitudes it is made of: its rounding error is relative to that. */
interface Derivative {
  readonly value: number;
  readonly terms: number;
}

function isDescent({ value, terms }: Derivative, size: number): boolean {
  return -value > 10 * size * Number.EPSILON * terms;
}

/** By each index. */
function derivatives({ matrix, linear, base }: Program, point: readonly number[]): Derivative[] {
  const { size } = matrix;
  const result: Derivative[] = [];
  for (let index = 0; index < size; index++) {
    let value = linear[index]!;
    let terms = Math.abs(value);
    for (let other = 0; other < size; other++) {
      const term = matrix.at(index, other) * (base[other]! + point[other]!);
      value += term;
      terms += Math.abs(term);
    }
    result.push({ value, terms });
  }
  return result;
}
