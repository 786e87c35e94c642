import { checkMatrix, checkNumbers } from '../numbers.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import { BlockFactor } from './block-factor.ts';
import { type Descent, descentAlong, enter, stepTo } from './descent.ts';
import { exchange } from './exchange.ts';
import { differentiate, type NonnegativeProgram, residualOf } from './nonnegative-program.ts';

/*
 * Nonnegative quadratic programs over the cosines of some gradients, solved exactly by an active set. The
 * method is that of Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23, with one
 * difference: an index enters along the line on which the objective stays stationary in the free indices. So
 * the free block is never singular. Parallel and dependent rows need no special case, and an unbounded
 * program yields a ray.
 */

export interface NonnegativeSolution {
  /** The minimiser z >= 0. If the program is unbounded, the last point before the ray. */
  readonly point: readonly number[];
  /**
   * A direction p >= 0 along which the objective falls without end, with C p = 0 up to `precision`. Null if
   * there is none.
   */
  readonly ray: readonly number[] | null;
  /**
   * The largest violation of the optimality conditions at `point`, relative to their terms. Always finite.
   */
  readonly residual: number;
}

/**
 * Minimises ½ (b + z)ᵀC (b + z) + qᵀz over z >= 0. `linear` is q and `base` is b, by default 0; both have one
 * entry per row of C. If a linear term comes from a combination of the same rows, pass the combination as
 * `base`: then rounding can be told from descent even where the combination nearly vanishes.
 *
 * C is positive semidefinite with a unit diagonal: the cosines between rows (`unitRows`). `precision` is the
 * error of its entries. A combination of unit rows counts as zero if its squared length is below 100 ·
 * precision, relative to the squared sum of its coefficients. Throws for numbers that are not finite.
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
 * Solves several programs with the same matrix, one after the other. With a `guess`, the indices of the
 * entries that are probably positive, it starts with exchanges. The guess may be empty.
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

/** Starts from a point at which the derivatives by the free indices are zero, and goes on to the solution. */
function activeSet(program: NonnegativeProgram): NonnegativeSolution {
  const { point, factor } = program;
  // Every round lowers the objective, so no free set comes twice. The bound guards against rounding.
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
      // Another index may reach zero along with the blocking one. Rounding must not take it below zero.
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
