import type { Certificate, SymmetricMatrix } from '@scalpel/core';
import { nonnegativeSolver, unitRows } from '@scalpel/core/solvers';

/*
 * The projection of a combination Σ uᵢ gᵢ of some rows on their dual cone {d : ⟨gᵢ, d⟩ >= 0 for all i}:
 *
 *   argmin ‖d − Σ uᵢ gᵢ‖² over the cone  =  Σ vᵢ gᵢ,   v = argmin vᵀG v over v >= u.
 *
 * It is computed on unit rows, so that rows of different lengths lose no digits: v = u + z / length, where z
 * = argmin ½ (b + z)ᵀC (b + z) over z >= 0 and b = u · length.
 */

export interface DualConeProjection {
  /**
   * v, one coefficient per row, v >= u. A zero row keeps its u. Several v may give the same combination; this
   * is one of them.
   */
  readonly coefficients: readonly number[];
  /**
   * The residual measures the optimality conditions Gv >= 0 and (v − u)ᵀGv = 0. It is relative to the terms
   * of each entry of Gv.
   */
  readonly certificate: Certificate;
}

/**
 * Projects the combination of all rows with the coefficients u >= 0, one per row. `precision` is the relative
 * error of the entries of the Gramian. Throws for numbers that are not finite.
 */
export function projectOnDualCone(
  gramian: SymmetricMatrix,
  u: readonly number[],
  precision: number,
): DualConeProjection {
  return sumOfProjections(gramian, [u], precision);
}

/**
 * Projects each row alone and sums the projections, each times its u >= 0. Errors and `precision` are those
 * of `projectOnDualCone`.
 */
export function projectEachOnDualCone(
  gramian: SymmetricMatrix,
  u: readonly number[],
  precision: number,
): DualConeProjection {
  return sumOfProjections(
    gramian,
    u.map((x, row) => u.map((_, other) => (other === row ? x : 0))),
    precision,
    // A single row conflicts with many others, and then exchanges are faster.
    [],
  );
}

function sumOfProjections(
  gramian: SymmetricMatrix,
  combinations: readonly (readonly number[])[],
  precision: number,
  guess?: readonly number[],
): DualConeProjection {
  const { indices, lengths, cosines } = unitRows(gramian, gramian.size);
  const coefficients = new Array<number>(gramian.size).fill(0);
  let residual = 0;
  const minimize = nonnegativeSolver(cosines, precision);
  const none = indices.map(() => 0);
  for (const u of combinations) {
    const base = indices.map((row, i) => u[row]! * lengths[i]!);
    const solution = minimize(none, base, guess);
    for (const [row, x] of u.entries()) coefficients[row]! += x;
    for (const [i, row] of indices.entries()) coefficients[row]! += solution.point[i]! / lengths[i]!;
    residual = Math.max(residual, solution.residual);
  }
  return { coefficients, certificate: { solved: residual <= Math.max(1e-8, 100 * precision), residual } };
}
