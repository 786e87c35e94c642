import { inverse, Matrix } from 'ml-matrix';

/*
 * Linear programs of the size of a chessboard: max cᵀx over A x <= b, x >= 0, with b >= 0, by the simplex method, in the end with Bland's rule
 * ("New finite pivoting rules for the simplex method", Math. Oper. Res. 2, 1977), which never cycles. The basis is
 * inverted afresh for each step, so that errors do not add up, and what counts as zero is relative to the terms it is made of, so that the scales
 * of rows and variables do not matter.
 */

export interface LinearProgram {
  /** What to maximise: the first, then each next one among the maximisers of those before. */
  readonly objectives: readonly (readonly number[])[];
  /** The rows of A. */
  readonly matrix: readonly (readonly number[])[];
  /** b >= 0: the origin is feasible. */
  readonly bounds: readonly number[];
}

export interface LinearSolution {
  /** A vertex. Where several are optimal it is one of them, the same each time. */
  readonly point: readonly number[];
  /**
   * The largest violation of the bounds, of the bounds of the dual, or the gap between the two, relative to the terms that it is made of, for the last
   * objective; infinite where the program is unbounded.
   */
  readonly residual: number;
}

/** Solves the program. `precision` is the relative error of the entries of A. */
export function maximizeLinear(program: LinearProgram, precision: number): LinearSolution {
  const { objectives, matrix, bounds } = program;
  const count = matrix.length;
  const width = objectives[0]!.length;
  const tolerance = 100 * precision;
  // Variables after the first `width` are what the rows of A x fall short of their bounds.
  const columns = Array.from({ length: width + count }, (_, variable) =>
    matrix.map((row, index) => (variable < width ? row[variable]! : Number(variable - width === index))),
  );
  const basis = bounds.map((_, index) => width + index);
  const barred = new Set<number>();
  let vertex = vertexOf(columns, basis, bounds, tolerance);
  let bounded = true;
  for (const [order, objective] of objectives.entries()) {
    if (order > 0) {
      // What would lower the objective before stays at zero from here on.
      const gains = gainsOf(objectives[order - 1]!, columns, basis, vertex, tolerance);
      for (const [variable, gain] of gains.entries())
        if (gain < 0 && !basis.includes(variable)) barred.add(variable);
    }
    for (let round = 0; round < MOST_STEPS; round++) {
      const gains = gainsOf(objective, columns, basis, vertex, tolerance).map((gain, variable) =>
        barred.has(variable) || basis.includes(variable) ? 0 : Math.max(0, gain),
      );
      // The largest gain is the shorter way, but may go round in circles.
      const bland = round >= 10 * count;
      const entering = gains.findIndex((gain) => gain > 0 && (bland || gain === Math.max(...gains)));
      if (entering < 0) break;
      const leaving = leavingOf(columns[entering]!, basis, vertex, tolerance);
      if (leaving === null) {
        bounded = false;
        break;
      }
      basis[leaving] = entering;
      vertex = vertexOf(columns, basis, bounds, tolerance);
    }
  }
  const point = Array.from({ length: width }, (_, variable) => vertex.values[basis.indexOf(variable)] ?? 0);
  const prices = pricesOf(objectives.at(-1)!, basis, vertex.inverse).map(({ value }) => value);
  const residual = certifyLinear(program, point, prices, barred);
  return { point, residual: bounded ? residual : Number.POSITIVE_INFINITY };
}

/**
 * The largest violation, relative to the terms that it is made of, of what makes x >= 0 optimal for the last objective c, given prices y of the bounds:
 * A x <= b, Aᵀy >= c and cᵀx = bᵀy. Prices below 0 count as 0. Neither is asked of variables that are `barred` by earlier objectives, those after x
 * being what A x falls short of b.
 */
export function certifyLinear(
  { objectives, matrix, bounds }: LinearProgram,
  point: readonly number[],
  prices: readonly number[],
  barred: ReadonlySet<number>,
): number {
  const goal = objectives.at(-1)!;
  const paid = prices.map((price, row) => (barred.has(goal.length + row) ? price : Math.max(0, price)));
  const excesses = matrix.map((row, index) => excess(row, point, bounds[index]!));
  const shortfalls = goal.map((gain, variable) => {
    const column = matrix.map((row) => -row[variable]!);
    return barred.has(variable) ? 0 : excess(column, paid, -gain);
  });
  const gap = excess([...goal, ...bounds.map((bound) => -bound)], [...point, ...paid], 0);
  return Math.max(0, Math.abs(gap), ...excesses, ...shortfalls);
}

/** aᵀx − b, relative to its terms. */
function excess(a: readonly number[], x: readonly number[], b: number): number {
  const terms = [...a.map((entry, index) => entry * x[index]!), -b];
  const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  return size === 0 ? 0 : terms.reduce((sum, term) => sum + term, 0) / size;
}

/** Far more than a program of this size takes; the bound is for what rounding might do to Bland's rule. */
const MOST_STEPS = 1000;

/** A number computed, and the size of the terms it was made of: its error is relative to that. */
interface Measured {
  readonly value: number;
  readonly terms: number;
}

interface Vertex {
  /** Of the block of columns in the basis. */
  readonly inverse: readonly (readonly Measured[])[];
  /** Of the variables in the basis. */
  readonly values: readonly number[];
}

function vertexOf(
  columns: readonly (readonly number[])[],
  basis: readonly number[],
  bounds: readonly number[],
  tolerance: number,
): Vertex {
  const block = new Matrix(basis.map((variable) => [...columns[variable]!])).transpose();
  // Elimination is only as exact as its pivots are large; one step of Newton's iteration makes every entry as exact as its own terms.
  const rough = inverse(block);
  const inverted = Matrix.add(rough, rough.mmul(Matrix.sub(Matrix.eye(basis.length), block.mmul(rough))));
  const [left, right] = [Matrix.abs(inverted), Matrix.abs(block)];
  const terms = left.mmul(right).mmul(left);
  const measured = inverted
    .to2DArray()
    .map((row, i) => row.map((value, j) => ({ value, terms: terms.get(i, j) })));
  return {
    inverse: measured,
    // Ties among variables at zero must be exact for Bland's rule.
    values: measured.map((row) => Math.max(0, withoutRounding(productOf(row, bounds), tolerance))),
  };
}

/** How much the objective rises by each variable, the basis following, relative to the terms of that; 0 where it is only rounding. */
function gainsOf(
  objective: readonly number[],
  columns: readonly (readonly number[])[],
  basis: readonly number[],
  { inverse: inverted }: Vertex,
  tolerance: number,
): number[] {
  const prices = pricesOf(objective, basis, inverted);
  return columns.map((column, variable) => {
    const cost = productOf(prices, column);
    const gain = objective[variable] ?? 0;
    const terms = Math.abs(gain) + cost.terms;
    const value = withoutRounding({ value: gain - cost.value, terms }, tolerance);
    return value === 0 ? 0 : value / terms;
  });
}

/** What one more of each bound is worth. */
function pricesOf(
  objective: readonly number[],
  basis: readonly number[],
  inverted: Vertex['inverse'],
): Measured[] {
  const goal = basis.map((variable) => objective[variable] ?? 0);
  return inverted.map((_, row) =>
    productOf(
      inverted.map((line) => line[row]!),
      goal,
    ),
  );
}

/** The position in the basis that reaches zero first when the entering column does what it can; null if none does. */
function leavingOf(
  column: readonly number[],
  basis: readonly number[],
  { inverse: inverted, values }: Vertex,
  tolerance: number,
): number | null {
  let leaving: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, row] of inverted.entries()) {
    const slope = withoutRounding(productOf(row, column), tolerance);
    if (slope <= 0) continue;
    const ratio = values[index]! / slope;
    if (ratio < least || (ratio === least && basis[index]! < basis[leaving!]!)) {
      leaving = index;
      least = ratio;
    }
  }
  return leaving;
}

function productOf(measured: readonly Measured[], factors: readonly number[]): Measured {
  let [value, terms] = [0, 0];
  for (const [index, entry] of measured.entries()) {
    value += entry.value * factors[index]!;
    terms += entry.terms * Math.abs(factors[index]!);
  }
  return { value, terms };
}

function withoutRounding({ value, terms }: Measured, tolerance: number): number {
  return Math.abs(value) > tolerance * terms ? value : 0;
}
