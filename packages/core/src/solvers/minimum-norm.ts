import type { Certificate } from '../combiner.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import { minimizeNonnegative } from './nonnegative.ts';
import { type UnitRows, unitRows } from './unit-rows.ts';

/*
 * The shortest point in the convex hull of some rows: argmin ‖Σ αᵢ gᵢ‖² over α >= 0, Σ αᵢ = 1.
 *
 * Without the condition Σ αᵢ = 1 the problem is min ½ zᵀG z − 1ᵀz over z >= 0. Its minimiser is α / ‖Σ αᵢ
 * gᵢ‖². It is unbounded if the shortest point is 0.
 */

export interface MinimumNorm {
  /**
   * α, one weight per row, >= 0, with the sum 1. Several α may give the shortest point; this is one of them.
   * The point itself is unique.
   */
  readonly weights: readonly number[];
  /**
   * The residual is the largest of 0 and ‖d‖/‖gᵢ‖ − cos(gᵢ, d), for the point d. All of these differences are
   * <= 0 exactly if d is optimal. If 0 is in the convex hull, the residual is ‖d‖² / (Σ αᵢ ‖gᵢ‖)², and there
   * is a note.
   */
  readonly certificate: Certificate;
}

const STATIONARY = 'Pareto-stationary: a convex combination of the gradients is zero.';

/**
 * Finds the shortest point in the convex hull of the first `count` rows, at least one, of a Gramian.
 * `precision` is the relative error of its entries. If there are zero rows, they share the weight, because
 * the shortest point is 0. Throws for inner products that are not finite.
 */
export function minimumNorm(gramian: SymmetricMatrix, count: number, precision: number): MinimumNorm {
  const units = unitRows(gramian, count);
  const { indices, lengths, cosines } = units;
  if (indices.length < count) {
    const share = 1 / (count - indices.length);
    return {
      weights: Array.from({ length: count }, (_, row) => (indices.includes(row) ? 0 : share)),
      certificate: { solved: true, residual: 0, note: STATIONARY },
    };
  }
  const shortest = Math.min(...lengths);
  const linear = lengths.map((length) => -shortest / length);
  const { point, ray } = minimizeNonnegative(cosines, linear, precision);
  // αᵢ ‖gᵢ‖, up to a factor.
  const parts = ray ?? point;
  const total = parts.reduce((sum, part, row) => sum + part / lengths[row]!, 0);
  const weights = new Array<number>(count).fill(0);
  for (const [i, row] of indices.entries()) weights[row] = parts[i]! / lengths[i]! / total;
  return {
    weights,
    certificate: certifyMinimumNorm(units, parts, ray !== null),
  };
}

/**
 * The certificate of a combination of unit rows with the coefficients `parts`. These need not add up to one.
 */
export function certifyMinimumNorm(
  { lengths, cosines }: UnitRows,
  parts: readonly number[],
  stationary: boolean,
): Certificate {
  const square = Math.max(0, cosines.inner(parts, parts));
  if (stationary) {
    const residual = square / parts.reduce((sum, part) => sum + part, 0) ** 2;
    return { solved: true, residual, note: STATIONARY };
  }
  const norm = Math.sqrt(square);
  const total = parts.reduce((sum, part, row) => sum + part / lengths[row]!, 0);
  const shortfalls = cosines
    .times(parts)
    .map((product, row) => norm / (total * lengths[row]!) - product / norm);
  const residual = Math.max(0, ...shortfalls);
  return { solved: residual < 1e-8, residual };
}
