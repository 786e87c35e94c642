import { type CombinerDefinition, checkOptions, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { checkPreference, type Preference, positivePreferenceSchema, presentOf } from './parts/preference.ts';
import { fairCombination } from './solvers/fairness.ts';

/*
 * Nash-MTL: the Nash bargaining solution. Among the directions of its length it maximises Σ log ⟨gᵢ, d⟩:
 *
 *   d = Σ αᵢ gᵢ,   α > 0 with (G α)ᵢ = 1 / αᵢ,   G the Gramian of the gradients.
 *
 * For K gradients ‖d‖² = K, and d does not depend on their lengths. With a preference p it is the asymmetric
 * solution, which maximises Σ pᵢ log ⟨gᵢ, d⟩: (G α)ᵢ = pᵢ / αᵢ, and ‖d‖² = Σ pᵢ.
 *
 * Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik, Fetaya, "Multi-Task Learning as a Bargaining Game",
 * ICML 2022, arXiv 2202.01017, claim 3.1. With a preference: Shamsian, Navon, Glazer, Kawaguchi, Chechik,
 * Fetaya, "Auxiliary Learning as an Asymmetric Bargaining Game", ICML 2023, arXiv 2301.13501.
 *
 * The authors approach it by a sequence of convex programs. Here Newton's method solves the equation itself.
 */

export interface NashMtlOptions {
  /**
   * Limits the direction to this length, > 0, after G was divided by its Frobenius norm ‖G‖. Before the
   * limit, the direction then has the length √(K ‖G‖). The authors' code uses 1. Default null: G is not
   * divided, and the length is √K. With a preference, its sum takes the place of K.
   */
  readonly maxNorm?: number | null;
  /** p, > 0: one number per objective in their order. A larger one gives more weight. Default 1 for all. */
  readonly preference?: Preference;
}

const schema = v.strictObject({
  maxNorm: v.optional(v.nullable(v.pipe(finiteNumber, v.gtValue(0))), null),
  preference: v.optional(positivePreferenceSchema),
});

/**
 * Nash-MTL, exactly. If 0 is in the convex hull of the gradients, as it is if one of them is zero, there is
 * no solution. If 0 is very near the hull, the precision of the inner products may not determine one. In both
 * cases the direction is zero, and the certificate says why.
 */
export function nashMtl(options: NashMtlOptions = {}): GramianCombiner {
  const { maxNorm, preference } = checkOptions('nash-mtl', schema, options);
  return {
    name: 'nash-mtl',
    needs: 'gramian',
    check: (setup) => checkPreference('nash-mtl', preference, setup),
    combine(step) {
      const { gramian, rows, unit = 1 } = step;
      const shares = presentOf(preference, step);
      const answer = fairCombination(step, rows.length, 1, shares);
      if (maxNorm === null) return answer;
      const norm = Math.hypot(...rows.flatMap((_, i) => rows.map((_, j) => gramian.at(i, j))));
      const total = shares.reduce((sum, share) => sum + share, 0);
      const factor = Math.min(Math.sqrt(norm) * unit, maxNorm / Math.sqrt(total));
      return { ...answer, coefficients: answer.coefficients.map((x) => x * factor) };
    },
  };
}

export const nashMtlDefinition: CombinerDefinition = {
  id: 'nash-mtl',
  title: 'Nash-MTL',
  summary:
    'The direction that objectives bargaining about it would agree on, whatever the scales of their losses.',
  paper: {
    title: 'Multi-Task Learning as a Bargaining Game',
    authors: 'Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik, Fetaya',
    year: 2022,
    arxiv: '2202.01017',
  },
  version: 2,
  guarantees: ['non-conflicting', 'permutation-equivariant', 'weighted', 'stationary-at-pareto-points'],
  convention:
    'No solution where 0 is in the convex hull of the gradients, and so where one is zero, and none that can be told where inner products do not settle it: the direction is zero.',
  options: schema,
  create: nashMtl,
};
