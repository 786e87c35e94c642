import type { Certificate, CombinerDefinition, GramianCombination, GramianCombiner } from '@scalpel/core';
import { z } from 'zod';
import { minimizeNonnegative } from './solvers/nonnegative.ts';
import { type UnitRows, unitRows } from './solvers/unit-rows.ts';

/*
 * MGDA: the shortest convex combination of the gradients,
 *
 *   d = Σ αᵢ gᵢ,   α = argmin ‖Σ αᵢ gᵢ‖²  over  α >= 0, Σ αᵢ = 1.
 *
 * Désidéri, "Multiple-gradient descent algorithm (MGDA) for multiobjective optimization", C. R. Acad. Sci. Paris 350 (2012);
 * for networks Sener and Koltun, "Multi-Task Learning as Multi-Objective Optimization", NeurIPS 2018, arXiv 1810.04650, eq. 3.
 *
 * They iterate (Frank–Wolfe); here it is solved exactly. Without the normalisation, min ½ zᵀG z − 1ᵀz over z >= 0 has the minimiser α / ‖d‖²,
 * and is unbounded where d = 0.
 */

/**
 * MGDA, exactly. A zero gradient makes d = 0, as it must. Where 0 is in the convex hull of the gradients, the coefficients are a convex
 * combination that vanishes, to rounding. Where several combinations are the shortest one, they are one of them; d is the same for all.
 *
 * The certificate's residual is the largest of ‖d‖/‖gᵢ‖ − cos(gᵢ, d), or 0: all are <= 0 exactly where d is optimal; at a Pareto-stationary
 * point it is ‖d‖² / (Σ αᵢ ‖gᵢ‖)².
 */
export function mgda(): GramianCombiner {
  return {
    name: 'mgda',
    needs: 'gramian',
    combine({ gramian, rows, precision }) {
      const units = unitRows(gramian, rows.length);
      if (units.indices.length < rows.length) return atZeroRows(gramian.size, rows.length, units);
      const { lengths, cosines } = units;
      const shortest = Math.min(...lengths);
      const linear = lengths.map((length) => -shortest / length);
      const { point, ray } = minimizeNonnegative(cosines, linear, precision);
      // αᵢ ‖gᵢ‖, up to a factor.
      const parts = ray ?? point;
      const total = parts.reduce((sum, part, row) => sum + part / lengths[row]!, 0);
      const coefficients = new Array<number>(gramian.size).fill(0);
      for (const [row, part] of parts.entries()) coefficients[row] = part / lengths[row]! / total;
      return { coefficients, certificate: certify(units, parts, ray !== null) };
    },
  };
}

export const mgdaDefinition: CombinerDefinition = {
  id: 'mgda',
  title: 'MGDA',
  summary: 'The shortest convex combination of the gradients, solved exactly.',
  paper: {
    title: 'Multi-Task Learning as Multi-Objective Optimization',
    authors: 'Sener, Koltun',
    year: 2018,
    arxiv: '1810.04650',
  },
  version: 1,
  guarantees: ['non-conflicting', 'permutation-equivariant', 'weighted', 'stationary-at-pareto-points'],
  options: z.strictObject({}),
  create: mgda,
};

const STATIONARY = 'Pareto-stationary: a convex combination of the gradients is zero.';

/** The weight is shared among the zero rows. */
function atZeroRows(size: number, count: number, { indices }: UnitRows): GramianCombination {
  const zeros = count - indices.length;
  const coefficients = Array.from({ length: size }, (_, row) =>
    row < count && !indices.includes(row) ? 1 / zeros : 0,
  );
  return { coefficients, certificate: { solved: true, residual: 0, note: STATIONARY } };
}

/** What can be vouched for of a combination of unit rows with the coefficients `parts`, which need not add up to one. */
export function certify(
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
