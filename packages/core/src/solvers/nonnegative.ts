import { checkMatrix, checkNumbers } from '../numbers.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import { BlockFactor } from './block-factor.ts';
import { type Descent, descentAlong, enter, stepTo } from './descent.ts';
import { exchange } from './exchange.ts';
import { differentiate, type NonnegativeProgram, residualOf } from './nonnegative-program.ts';

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
