import { certifyLinear } from './linear-certificate.ts';
import type { LinearProgram } from './linear-form.ts';
import { Tableau } from './tableau.ts';

/*
 * Linear programs of some hundred variables: max cᵀx over A x <= b, x >= 0, with b >= 0, by the simplex
 * method (Dantzig, "Linear Programming and Extensions", 1963). Every bound is widened by an infinitesimal of
 * its own, so that no step is idle and none comes round again (Charnes, "Optimality and degeneracy in linear
 * programming", Econometrica 20, 1952). Before an answer counts, the tableau is made anew from A, so that
 * errors do not add up. What is smaller than the rounding of the terms that it is made of is zero.
 */

export interface LinearSolution {
  /** A vertex. Where several are optimal it is one of them, the same each time. */
  readonly point: readonly number[];
  /**
   * The largest violation of the bounds, of the bounds of the dual, or the gap between the two, relative to
   * the terms that it is made of, for the last objective; infinite where the program is unbounded.
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
 * Goes from vertex to vertex until no variable but the barred ones raises the objective; false where it rises
 * for ever.
 */
function climb(tableau: Tableau, order: number, barred: ReadonlySet<number>): boolean {
  // Far more than it takes; the bound is for what rounding might do.
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
