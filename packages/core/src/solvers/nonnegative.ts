import { checkMatrix, checkNumbers } from '../numbers.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import { BlockFactor } from './block-factor.ts';

/*
 * Nonnegative quadratic programs over the cosines of some gradients, solved exactly by an active set (as Lawson and Hanson, "Solving Least
 * Squares Problems", 1974, chapter 23, but entering one index along the line that keeps the others stationary, so that the free
 * block is never singular: parallel and dependent rows need no special case, and an unbounded program shows its ray).
 *
 * From a guess of the positive entries it begins with exchanges of many indices at once: all free entries that would be negative for all others whose
 * derivative is (Portugal, Júdice, Vicente, "A comparison of block pivoting and interior-point algorithms for linear least squares problems with
 * nonnegative variables", Math. Comp. 63, 1994). They take few rounds, or do not end; the active set does what they leave undone.
 */

export interface NonnegativeSolution {
  /** The minimiser z >= 0; where the program is unbounded, the last point before the ray. */
  readonly point: readonly number[];
  /** A direction p >= 0 with C p = 0, to precision, along which the objective falls for ever; null if there is none. */
  readonly ray: readonly number[] | null;
  /** Largest violation of the optimality conditions of `point`, relative to the terms they are made of; finite. */
  readonly residual: number;
}

/**
 * Minimises ½ (b + z)ᵀC (b + z) + qᵀz over z >= 0, with `base` b, by default 0. A linear term that comes from a combination of the same rows belongs
 * there: rounding is then told apart from descent where that combination nearly vanishes.
 *
 * C is positive semidefinite with a unit diagonal: the cosines between rows (`unitRows`). `precision` is the error of its entries: a combination
 * of unit rows with a squared length below 100 times that, relative to the squared sum of its coefficients, counts as zero. Throws for numbers that are not finite.
 */
export function minimizeNonnegative(
  matrix: SymmetricMatrix,
  linear: readonly number[],
  precision: number,
  base?: readonly number[],
): NonnegativeSolution {
  return nonnegativeSolver(matrix, precision)(linear, base);
}

/** The same for one program after the other with one matrix. A `guess` of the positive entries, the better the faster, does not change the minimum. */
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
  return (linear, base = linear.map(() => 0), guess = []) => {
    checkNumbers('minimizeNonnegative', { linear, base });
    const program = { matrix, linear, base, flat: 100 * precision, point: numbers(), factor, slopes, terms };
    factor.removeAll(() => true);
    if (guess.length > 0) exchange(program, guess);
    return activeSet(program);
  };
}

/** A program, and how far its solution has come. */
interface Program {
  readonly matrix: SymmetricMatrix;
  readonly linear: readonly number[];
  readonly base: readonly number[];
  /** Squared length of a combination of unit rows, relative to the squared sum of its coefficients, that counts as zero. */
  readonly flat: number;
  /** z */
  readonly point: Float64Array;
  /** Its indices are free: the derivatives by them are zero, and by those of no others z is positive. */
  readonly factor: BlockFactor;
  /** The derivatives of the objective, and the sums of the magnitudes that they are made of, to which their rounding errors are relative. */
  readonly slopes: Float64Array;
  readonly terms: Float64Array;
}

/** Goes on from a point at which the derivatives by the free indices are zero. */
function activeSet(program: Program): NonnegativeSolution {
  const { point, factor } = program;
  // Every round lowers the objective, so free sets do not repeat; the bound is for what rounding might do to that.
  for (let round = 0; round < 20 * (point.length + 1); round++) {
    differentiate(program);
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
  }
  differentiate(program);
  return { point: [...point], ray: null, residual: residualOf(program) };
}

interface Descent {
  /** The free indices and the entering one; the line is zero elsewhere. */
  readonly support: readonly number[];
  readonly line: Float64Array;
  /** How far along the line the objective is least. */
  readonly wanted: number;
}

/** The index whose increase lowers the objective fastest, of those with which it falls along the whole line; null where there is none. */
function enter(program: Program): { entering: number; descent: Descent } | null {
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
 * The line with slope one in `entering` on which the derivatives of the free indices do not change; null where the objective does not fall along it beyond
 * rounding. Between nearly dependent rows its entries are large, and so is that rounding. Along a flat line only the linear term changes.
 */
function descentAlong(program: Program, entering: number): Descent | null {
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

function lineOf({ matrix, factor }: Program, entering: number): Float64Array {
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

function residualOf({ point, slopes, terms }: Program): number {
  return slopes.reduce((worst, slope, index) => {
    const violation = point[index]! > 0 ? Math.abs(slope) : Math.max(0, -slope);
    return terms[index] === 0 ? worst : Math.max(worst, violation / terms[index]!);
  }, 0);
}

function isDescent({ slopes, terms }: Program, index: number): boolean {
  return isBeyondRounding(-slopes[index]!, terms[index]!, slopes.length);
}

function isBeyondRounding(value: number, terms: number, size: number): boolean {
  return value > 10 * size * Number.EPSILON * terms;
}

/** Takes the derivatives at the point. */
function differentiate({ matrix, linear, base, point, slopes, terms }: Program): void {
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

/** Rounds without fewer violations after which exchanges end: they may go round in circles. */
const PATIENCE = 3;

/** Makes a guess better: a point with free indices as the active set takes it. */
function exchange(program: Program, guess: readonly number[]): void {
  const { factor, point, flat } = program;
  differentiate(program);
  const origin = program.slopes.map((slope) => -slope);
  const settle = () => {
    point.fill(0);
    const answer = factor.solve(factor.indices.map((index) => origin[index]!));
    for (const [position, index] of factor.indices.entries()) point[index] = answer[position]!;
  };
  const isNegative = (index: number) => point[index]! < 0;
  let entering = guess;
  let fewest = Number.POSITIVE_INFINITY;
  let patience = PATIENCE;
  for (;;) {
    // What nearly depends on the others is left to the active set: where the block is nearly singular, exchanges are rounding.
    for (const index of entering) if (factor.append(index) <= Math.sqrt(flat)) factor.pop();
    settle();
    differentiate(program);
    const free = new Set(factor.indices);
    entering = [...point.keys()].filter((index) => !free.has(index) && isDescent(program, index));
    const violations = entering.length + factor.indices.filter(isNegative).length;
    if (violations === 0) return;
    if (violations >= fewest && --patience < 0) break;
    fewest = Math.min(fewest, violations);
    factor.removeAll(isNegative);
  }
  while (factor.indices.some(isNegative)) {
    factor.removeAll(isNegative);
    settle();
  }
}
