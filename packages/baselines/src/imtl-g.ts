import type { CombinerDefinition, GramianCombiner } from '@scalpel/core';
import { unitRows } from '@scalpel/core/solvers';
import * as v from 'valibot';
import { eigenpairs, significantSum, timesFunction } from './solvers/eigenpairs.ts';

/*
 * IMTL-G: the combination that has the same projection on every gradient, with coefficients that add up to
 * one,
 *
 *   d = Σ αᵢ gᵢ,   α = v / Σ vᵢ,   v = G⁺ (‖g₁‖, …, ‖gₖ‖),   so that ⟨d, gᵢ / ‖gᵢ‖⟩ = 1 / Σ vᵢ for all i
 *
 * Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang, "Towards Impartial Multi-task Learning", ICLR 2021, section
 * 3.1, eq. 6. The paper's formula gives the same if the gradients are independent.
 */

/**
 * IMTL-G. If Σ vᵢ < 0, the common projection is negative and the direction worsens every objective. This is
 * how the method is defined. If gradients are dependent, G⁺ is the Moore–Penrose pseudo-inverse of the
 * Gramian of the unscaled gradients, so zero gradients take no part. If Σ vᵢ is zero up to rounding, d = 0.
 */
export function imtlG(): GramianCombiner {
  return {
    name: 'imtl-g',
    needs: 'gramian',
    combine({ gramian, rows, precision }) {
      const units = unitRows(gramian, rows.length);
      const pairs = eigenpairs(units, precision);
      const v = timesFunction(pairs, (sigma) => sigma ** -2, units.lengths, precision);
      const total = significantSum(v, precision);
      const coefficients = rows.map(() => 0);
      if (total === 0) {
        const note =
          'No combination whose coefficients add up to one has the same projection on every gradient.';
        return { coefficients, certificate: { ...pairs.certificate, solved: false, note } };
      }
      for (const [position, row] of units.indices.entries()) coefficients[row] = v[position]! / total;
      return { coefficients, certificate: pairs.certificate };
    },
  };
}

export const imtlGDefinition: CombinerDefinition = {
  id: 'imtl-g',
  title: 'IMTL-G',
  summary: 'The combination of the gradients that has the same projection on each of them.',
  paper: {
    title: 'Towards Impartial Multi-task Learning',
    authors: 'Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang',
    year: 2021,
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention:
    'Dependent gradients: the Moore–Penrose pseudo-inverse of their Gramian; zero gradients take no part. No direction where the coefficients before normalisation add up to zero.',
  options: v.strictObject({}),
  create: imtlG,
};
