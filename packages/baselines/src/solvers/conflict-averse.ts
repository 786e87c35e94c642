import { type Certificate, lengthOf, type SymmetricMatrix } from '@scalpel/core';
import { nonnegativeSolver, type UnitRows, unitRows } from '@scalpel/core/solvers';

/*
 * The problem of CAGrad: find the largest ν for which some d satisfies ⟨gᵢ, d⟩ >= ν for all i and ‖d − g₀‖ <=
 * c ‖g₀‖, where g₀ = (1/K) Σ gᵢ.
 *
 * For a given ν, let d be the point nearest to g₀ with ⟨gᵢ, d⟩ >= ν for all i. It is d = g₀ + Σ zᵢ gᵢ with z
 * = argmin ½ ‖g₀ + Σ zᵢ gᵢ‖² − ν Σ zᵢ over z >= 0. Its distance D(ν) from g₀ is convex in ν.
 *
 * Every z >= 0 also gives an upper bound on ν. Let w = z / Σ zᵢ and g = Σ wᵢ gᵢ. Then every such d satisfies
 * ν <= ⟨g, d⟩ <= ⟨g, g₀⟩ + c ‖g₀‖ ‖g‖. At this bound the tangent of D meets the value c ‖g₀‖. To use the
 * bound as the next ν is therefore Newton's method on a convex function, from above. The bounds fall until
 * rounding stops them. They converge quadratically once the set of positive zᵢ no longer changes.
 */

export interface ConflictAverse {
  /**
   * One coefficient per row, >= 1/K. Several solutions may give the same combination; this is one of them.
   */
  readonly coefficients: readonly number[];
  /**
   * The residual is the largest of 0 and (ν − ⟨gᵢ, d⟩) / (‖gᵢ‖ (1 + c) ‖g₀‖), where ν is the bound that z
   * proves.
   */
  readonly certificate: Certificate;
}

const STATIONARY =
  'Pareto-stationary: a convex combination of the gradients is zero, so no direction improves all of them.';

/**
 * Solves the problem for all rows of a Gramian whose entries have the relative error `precision`, with c >=
 * 0. If g₀ is zero, so is d. If 0 is in the convex hull of the rows, the largest ν is 0; several d may reach
 * it, and the answer is the one nearest to g₀. Throws for inner products that are not finite.
 */
export function conflictAverse(gramian: SymmetricMatrix, c: number, precision: number): ConflictAverse {
  const problem = problemOf(unitRows(gramian, gramian.size), gramian.size, c, precision);
  const { units, count, mean, demands, radius, length } = problem;
  if (radius === 0) {
    return { coefficients: new Array(count).fill(1 / count), certificate: { solved: true, residual: 0 } };
  }
  const minimize = nonnegativeSolver(units.cosines, precision);
  const hull = minimize(demands.map((demand) => -demand));
  const stationary = units.indices.length < count || hull.ray !== null || length(hull.point) === 0;
  const note = stationary ? STATIONARY : undefined;
  let best = hull.point;
  let ceiling = stationary ? 0 : bound(problem, best).value;
  for (let round = 0; round < 100; round++) {
    // The set of positive zᵢ hardly changes from one round to the next, so it is a good guess.
    const { point } = minimize(
      demands.map((demand) => -ceiling * demand),
      mean,
      [...best.keys()].filter((i) => best[i]! > 0),
    );
    const distance = length(point);
    if (ceiling === 0 && distance <= radius) return answer(problem, point, 0, note);
    if (distance === 0) break;
    best = point;
    const { value, size } = bound(problem, point);
    if (ceiling - value <= 10 * count * Number.EPSILON * size) break;
    ceiling = value;
  }
  const factor = radius / length(best);
  const parts = best.map((part) => part * factor);
  return answer(problem, parts, bound(problem, best).value, note);
}

/**
 * The problem in units of (1 + c) times the longest row, so that it is well scaled for every c. Combinations
 * are of unit rows.
 */
interface Problem {
  readonly units: UnitRows;
  /** Number of all rows, including zero rows. */
  readonly count: number;
  readonly precision: number;
  readonly unit: number;
  /** The coefficients of g₀ over the unit rows: `shares` without the factor 1 / (1 + c), `mean` with it. */
  readonly shares: readonly number[];
  readonly mean: readonly number[];
  /**
   * The inner product that each unit row must reach for ν = 1. Here ν is also in units of the shortest row.
   */
  readonly demands: readonly number[];
  /** c ‖g₀‖ */
  readonly radius: number;
  readonly length: (parts: readonly number[]) => number;
}

function problemOf(units: UnitRows, count: number, c: number, precision: number): Problem {
  const { lengths, cosines } = units;
  const [longest, shortest] = [Math.max(...lengths), Math.min(...lengths)];
  const length = (parts: readonly number[]) => lengthOf({ gramian: cosines, precision }, parts);
  const shares = lengths.map((own) => own / longest / count);
  return {
    units,
    count,
    precision,
    unit: (1 + c) * longest,
    shares,
    mean: shares.map((share) => share / (1 + c)),
    demands: lengths.map((own) => shortest / own),
    radius: (c / (1 + c)) * length(shares),
    length,
  };
}

/** The bound on ν that these parts of unit rows prove. Its rounding error is relative to `size`. */
function bound(
  { units, mean, demands, radius, length }: Problem,
  parts: readonly number[],
): { readonly value: number; readonly size: number } {
  const weight = parts.reduce((sum, part, i) => sum + part * demands[i]!, 0);
  const along = units.cosines.inner(parts, mean) / weight;
  const across = (radius * length(parts)) / weight;
  return { value: along + across, size: Math.abs(along) + across };
}

function answer(
  { units, count, precision, unit, shares, mean, demands, length }: Problem,
  parts: readonly number[],
  ceiling: number,
  note?: string,
): ConflictAverse {
  const { indices, lengths, cosines } = units;
  const coefficients = new Array<number>(count).fill(1 / count);
  for (const [i, row] of indices.entries()) coefficients[row]! += (parts[i]! / lengths[i]!) * unit;
  const direction = mean.map((x, i) => x + parts[i]!);
  const shortfalls = cosines.times(direction).map((product, i) => ceiling * demands[i]! - product);
  const residual = Math.max(0, ...shortfalls) / length(shares);
  const solved = residual <= Math.max(1e-8, 100 * precision);
  return { coefficients, certificate: { solved, residual, ...(note && { note }) } };
}
