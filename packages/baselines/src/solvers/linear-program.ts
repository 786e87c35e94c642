import { certifyLinear } from './linear-certificate.ts';
import type { LinearProgram } from './linear-form.ts';
import { Tableau } from './tableau.ts';

/*
 * Linear programs of some hundred variables: max cᵀx over A x <= b, x >= 0, with b >= 0. They are solved by
 * the simplex method (Dantzig, "Linear Programming and Extensions", 1963). Every bound is widened by an
 * infinitesimal of its own. So every step makes progress, and the method cannot cycle (Charnes, "Optimality
 * and degeneracy in linear programming", Econometrica 20, 1952). Before an answer is accepted, the tableau is
 * computed again from A, so that errors do not accumulate. A number smaller than the rounding error of its
 * terms counts as zero.
 */

export interface LinearSolution {
  /** x, a vertex of the feasible set. If several are optimal it is one of them, always the same. */
  readonly point: readonly number[];
  /**
   * The largest of three errors for the last objective: the violation of the bounds, the violation of the
   * bounds of the dual, and the gap between the two. Each is relative to its terms. Infinite if the program
   * is unbounded.
   */
  readonly residual: number;
}

/** Solves the program. `precision` is the relative error of the entries of A. */
export function maximizeLinear(program: LinearProgram, precision: number): LinearSolution {
  const { objectives } = program;
  const tableau = new Tableau(program, precision);
  const barred = new Set<number>();
  let bounded = true;
  for (const order of objectives.keys()) {
    bounded = climb(tableau, order, barred) && bounded;
    // Variables that would lower this objective stay at zero from here on.
    if (order < objectives.length - 1) for (const variable of tableau.lowering(order)) barred.add(variable);
  }
  const { point, prices } = tableau.vertex();
  if (!bounded) return { point, residual: Number.POSITIVE_INFINITY };
  return { point, residual: certifyLinear(program, point, prices, barred) };
}

/**
 * Moves from vertex to vertex until no variable raises the objective, except barred ones. Returns false if
 * the objective is unbounded.
 */
function climb(tableau: Tableau, order: number, barred: ReadonlySet<number>): boolean {
  // The bound is far more than the method needs. It guards against rounding.
  for (let left = 100 * (tableau.height + tableau.width); left > 0; left--) {
    let entering = tableau.raising(order, barred);
    if (entering === null && !tableau.isFresh) {
      tableau.refresh();
      entering = tableau.raising(order, barred);
    }
    if (entering === null) return true;
    const leaving = tableau.blocking(entering);
    if (leaving === null) return false;
    tableau.exchange(leaving, entering);
  }
  return true;
}
