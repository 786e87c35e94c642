import type { Certificate, SymmetricMatrix } from '@scalpel/core';
import { nonnegativeSolver, unitRows } from '@scalpel/core/solvers';

/*
 * CAGrad's problem: the largest ν for which some d has ⟨gᵢ, d⟩ >= ν for all i and ‖d − g₀‖ <= c ‖g₀‖, where g₀ = (1/K) Σ gᵢ.
 *
 * For a given ν, the d nearest to g₀ is g₀ + Σ zᵢ gᵢ with z = argmin ½ ‖g₀ + Σ zᵢ gᵢ‖² − ν Σ zᵢ over z >= 0, and its distance D(ν) from g₀ is convex in ν.
 * Any z >= 0 also bounds ν: with w = z / Σ zᵢ and g = Σ wᵢ gᵢ, every such d has ν <= ⟨g, d⟩ <= ⟨g, g₀⟩ + c ‖g₀‖ ‖g‖. That bound is where the
 * tangent of D meets c ‖g₀‖: taking it for the next ν is Newton's method from above on a convex function, which falls until rounding stops it, and
 * quadratically once the set of positive z stays.
 */

export interface ConflictAverse {
  /** One coefficient per row, >= 1/K. Where several have the same combination they are one of them. */
  readonly coefficients: readonly number[];
  /** The residual is the largest of (ν − ⟨gᵢ, d⟩) / (‖gᵢ‖ (1 + c) ‖g₀‖), or 0, for the bound on ν that z proves. */
  readonly certificate: Certificate;
}

const STATIONARY =
  'Pareto-stationary: a convex combination of the gradients is zero, so no direction improves all of them.';

/**
 * Of all rows of a Gramian whose entries have the relative error `precision`. Where g₀ is zero so is d. Where 0 is in the hull of the rows there is no
 * ν above 0; if many d reach 0, the answer is the nearest to g₀.
 */
export function conflictAverse(gramian: SymmetricMatrix, c: number, precision: number): ConflictAverse {
  const count = gramian.size;
  const { lengths, indices, cosines } = unitRows(gramian, count);
  const [longest, shortest] = [Math.max(...lengths), Math.min(...lengths)];
  // In units of (1 + c) times the longest row, so that no c is too large, and ν in units of the shortest row besides.
  const unit = (1 + c) * longest;
  const shares = lengths.map((length) => length / longest / count);
  const mean = shares.map((share) => share / (1 + c));
  const demands = lengths.map((length) => shortest / length);

  function lengthOf(parts: readonly number[]): number {
    const square = cosines.inner(parts, parts);
    return square > 100 * precision * total(parts) ** 2 ? Math.sqrt(square) : 0;
  }
  const radius = (c / (1 + c)) * lengthOf(shares);

  /** The bound on ν that these parts of unit rows prove, and the magnitude that its rounding error is relative to. */
  function bound(parts: readonly number[]): { value: number; size: number } {
    const weight = total(parts.map((part, i) => part * demands[i]!));
    const along = cosines.inner(parts, mean) / weight;
    const across = (radius * lengthOf(parts)) / weight;
    return { value: along + across, size: Math.abs(along) + across };
  }

  function answer(parts: readonly number[], ceiling: number, note?: string): ConflictAverse {
    const coefficients = new Array<number>(count).fill(1 / count);
    for (const [i, row] of indices.entries()) coefficients[row]! += (parts[i]! / lengths[i]!) * unit;
    const direction = mean.map((x, i) => x + parts[i]!);
    const shortfalls = cosines.times(direction).map((product, i) => ceiling * demands[i]! - product);
    const residual = Math.max(0, ...shortfalls) / lengthOf(shares);
    const solved = residual <= Math.max(1e-8, 100 * precision);
    return { coefficients, certificate: { solved, residual, ...(note && { note }) } };
  }

  if (radius === 0) {
    return { coefficients: new Array(count).fill(1 / count), certificate: { solved: true, residual: 0 } };
  }
  const minimize = nonnegativeSolver(cosines, precision);
  const hull = minimize(demands.map((demand) => -demand));
  const stationary = indices.length < count || hull.ray !== null || lengthOf(hull.point) === 0;
  const note = stationary ? STATIONARY : undefined;
  let best = hull.point;
  let ceiling = stationary ? 0 : bound(best).value;
  for (let round = 0; round < 100; round++) {
    // The set of positive z hardly changes from one round to the next.
    const { point } = minimize(
      demands.map((demand) => -ceiling * demand),
      mean,
      [...best.keys()].filter((i) => best[i]! > 0),
    );
    const distance = lengthOf(point);
    if (ceiling === 0 && distance <= radius) return answer(point, 0, note);
    if (distance === 0) break;
    best = point;
    const { value, size } = bound(point);
    if (ceiling - value <= 10 * count * Number.EPSILON * size) break;
    ceiling = value;
  }
  const factor = radius / lengthOf(best);
  return answer(
    best.map((part) => part * factor),
    bound(best).value,
    note,
  );
}

function total(parts: readonly number[]): number {
  return parts.reduce((sum, part) => sum + part, 0);
}
