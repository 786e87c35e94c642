import { checkMatrix, checkNumbers } from '../numbers.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import { BlockFactor } from './block-factor.ts';
import { exchange } from './exchange.ts';
import {
  differentiate,
  isBeyondRounding,
  isDescent,
  type NonnegativeProgram,
  residualOf,
} from './nonnegative-program.ts';

/*
 * Nonnegative quadratic programs over the cosines of some gradients, solved exactly by an active set (as
 * Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23, but entering one index along the
 * line that keeps the others stationary, so that the free block is never singular: parallel and dependent
 * rows need no special case, and an unbounded program shows its ray).
 */

export interface NonnegativeSolution {
  /** The minimiser z >= 0; where the program is unbounded, the last point before the ray. */
  readonly point: readonly number[];
  /**
   * A direction p >= 0 with C p = 0, to precision, along which the objective falls for ever; null if there is
   * none.
   */
  readonly ray: readonly number[] | null;
  /**
   * Largest violation of the optimality conditions of `point`, relative to the terms they are made of;
   * finite.
   */
  readonly residual: number;
}

/**
 * Minimises ½ (b + z)ᵀC (b + z) + qᵀz over z >= 0, with `base` b, by default 0. A linear term that comes from
 * a combination of the same rows belongs there: rounding is then told apart from descent where that
 * combination nearly vanishes.
 *
 * C is positive semidefinite with a unit diagonal: the cosines between rows (`unitRows`). `precision` is the
 * error of its entries: a combination of unit rows with a squared length below 100 times that, relative to
 * the squared sum of its coefficients, counts as zero. Throws for numbers that are not finite.
 */
export function minimizeNonnegative(
  matrix: SymmetricMatrix,
  linear: readonly number[],
  precision: number,
  base?: readonly number[],
): NonnegativeSolution {
  return nonnegativeSolver(matrix, precision)(linear, base);
}

/**
 * The same for one program after the other with one matrix. From a `guess` of the positive entries, which may
 * be that there are none, it begins with exchanges.
 */
export type NonnegativeSolver = (
  linear: readonly number[],
  base?: readonly number[],
  guess?: readonly number[],
) => NonnegativeSolution;

export function nonnegativeSolver(matrix: SymmetricMatrix, precision: number): NonnegativeSolver {
  checkMatrix('minimizeNonnegative', 'matrix', matrix);
  const numbers = () => new Float64Array(matrix.size);
  const factor = new BlockFactor(matrix);
  const [slopes, terms] = [numbers(), numbers()];
  return (linear, base = linear.map(() => 0), guess) => {
    checkNumbers('minimizeNonnegative', { linear, base });
    const program = { matrix, linear, base, flat: 100 * precision, point: numbers(), factor, slopes, terms };
    factor.removeAll(() => true);
    differentiate(program);
    if (guess) exchange(program, guess);
    return activeSet(program);
  };
}

/** Goes on from a point at which the derivatives by the free indices are zero. */
function activeSet(program: NonnegativeProgram): NonnegativeSolution {
  const { point, factor } = program;
  // Every round lowers the objective, so free sets do not repeat; the bound is for what rounding might do to
  // that.
  for (let round = 0; round < 20 * (point.length + 1); round++) {
    const entry = enter(program);
    if (entry === null) break;
    const { entering } = entry;
    let descent: Descent | null = entry.descent;
    while (descent !== null) {
      const { line, support } = descent;
      const { step, blocking } = stepTo(descent, point);
      if (step === Number.POSITIVE_INFINITY)
        return { point: [...point], ray: [...line], residual: residualOf(program) };
      // An index that reaches zero along with the blocking one may round below it.
      for (const index of support) point[index] = Math.max(0, point[index]! + step * line[index]!);
      if (blocking === null) break;
      point[blocking] = 0;
      factor.remove(factor.indices.indexOf(blocking));
      differentiate(program);
      descent = descentAlong(program, entering);
    }
    factor.append(entering);
    differentiate(program);
  }
  return { point: [...point], ray: null, residual: residualOf(program) };
}

interface Descent {
  /** The free indices and the entering one; the line is zero elsewhere. */
  readonly support: readonly number[];
  readonly line: Float64Array;
  /** How far along the line the objective is least. */
  readonly wanted: number;
}

/**
 * The index whose increase lowers the objective fastest, of those with which it falls along the whole line;
 * null where there is none.
 */
function enter(program: NonnegativeProgram): { entering: number; descent: Descent } | null {
  const { slopes, factor } = program;
  const passed = new Set(factor.indices);
  for (;;) {
    let entering = -1;
    let steepest = 0;
    for (let index = 0; index < slopes.length; index++) {
      if (slopes[index]! < steepest && isDescent(program, index) && !passed.has(index)) {
        entering = index;
        steepest = slopes[index]!;
      }
    }
    if (entering < 0) return null;
    const descent = descentAlong(program, entering);
    if (descent !== null) return { entering, descent };
    passed.add(entering);
  }
}

/**
 * The line with slope one in `entering` on which the derivatives of the free indices do not change; null
 * where the objective does not fall along it beyond rounding. Between nearly dependent rows its entries are
 * large, and so is that rounding. Along a flat line only the linear term changes.
 */
function descentAlong(program: NonnegativeProgram, entering: number): Descent | null {
  const { matrix, linear, flat, slopes, terms } = program;
  const support = [...program.factor.indices, entering];
  const line = lineOf(program, entering);
  const total = support.reduce((sum, index) => sum + Math.abs(line[index]!), 0);
  // pᵀC p, of which only this entry of C p is not zero.
  const curvature = support.reduce((sum, index) => sum + matrix.at(entering, index) * line[index]!, 0);
  const curved = curvature > flat * total ** 2;
  let slope = 0;
  let size = 0;
  for (const index of support) {
    slope += line[index]! * (curved ? slopes[index]! : linear[index]!);
    size += Math.abs(line[index]!) * (curved ? terms[index]! : Math.abs(linear[index]!));
  }
  if (!isBeyondRounding(-slope, size, matrix.size)) return null;
  return { support, line, wanted: curved ? -slope / curvature : Number.POSITIVE_INFINITY };
}

function lineOf({ matrix, factor }: NonnegativeProgram, entering: number): Float64Array {
  const line = new Float64Array(matrix.size);
  const answer = factor.solve(factor.indices.map((index) => -matrix.at(index, entering)));
  for (const [position, index] of factor.indices.entries()) line[index] = answer[position]!;
  line[entering] = 1;
  return line;
}

/** How far to go, at most `wanted`, until an index reaches zero. */
function stepTo(
  { support, line, wanted }: Descent,
  point: Float64Array,
): { step: number; blocking: number | null } {
  let step = wanted;
  let blocking: number | null = null;
  for (const index of support) {
    const slope = line[index]!;
    if (slope < 0 && point[index]! / -slope < step) {
      step = point[index]! / -slope;
      blocking = index;
    }
  }
  return { step, blocking };
}
