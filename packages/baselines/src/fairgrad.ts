import { type CombinerDefinition, checkOptions, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { checkPreference, type Preference, positivePreferenceSchema, presentOf } from './parts/preference.ts';
import { fairCombination } from './solvers/fairness.ts';

/*
 * FairGrad: the direction that shares out the decreases of the losses fairly,
 *
 *   d = Σ wᵢ gᵢ,   w > 0 with (G w)ᵢ = wᵢ^(−1/α),   G the Gramian of the gradients.
 *
 * Among the directions of its length it maximises Σ ⟨gᵢ, d⟩^(1−α) / (1−α). α = 0 is the sum of the gradients;
 * it is also the limit α → 0 if each of them improves along it. α = 1 is proportional fairness (Nash-MTL). The
 * limit α → ∞ is the same decrease for all. With a preference p the equation is wᵢ^(1/α) (G w)ᵢ = pᵢ.
 *
 * Ban and Ji, "Fair Resource Allocation in Multi-Task Learning", ICML 2024, arXiv 2402.15638, section 4.
 *
 * The authors solve a bounded least-squares problem. Here Newton's method solves the equation itself.
 */

export interface FairgradOptions {
  /** α, >= 0. A larger α gives more weight to the objective that improves least. Default 1. */
  readonly alpha?: number;
  /** p, > 0: one number per objective in their order. A larger one gives more weight. Default 1 for all. */
  readonly preference?: Preference;
}

const schema = v.strictObject({
  alpha: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1),
  preference: v.optional(positivePreferenceSchema),
});

/**
 * FairGrad, exactly. If 0 is in the convex hull of the gradients, as it is if one of them is zero, there is
 * no solution. If 0 is very near the hull, the precision of the inner products may not determine one. In both
 * cases the direction is zero, and the certificate says why. With alpha 0 there is nothing to solve.
 */
export function fairgrad(options: FairgradOptions = {}): GramianCombiner {
  const { alpha, preference } = checkOptions('fairgrad', schema, options);
  return {
    name: 'fairgrad',
    needs: 'gramian',
    check: (setup) => checkPreference('fairgrad', preference, setup),
    combine(step) {
      const { rows } = step;
      if (alpha > 0) return fairCombination(step, rows.length, alpha, presentOf(preference, step));
      return { coefficients: rows.map(() => 1), certificate: { solved: true, residual: 0 } };
    },
  };
}

export const fairgradDefinition: CombinerDefinition = {
  id: 'fairgrad',
  title: 'FairGrad',
  summary: 'The direction that shares out the decreases of the losses α-fairly.',
  paper: {
    title: 'Fair Resource Allocation in Multi-Task Learning',
    authors: 'Ban, Ji',
    year: 2024,
    arxiv: '2402.15638',
  },
  version: 2,
  guarantees: ['non-conflicting', 'permutation-equivariant', 'weighted', 'stationary-at-pareto-points'],
  convention:
    'No solution where 0 is in the convex hull of the gradients, and so where one is zero, and none that can be told where inner products do not settle it: the direction is zero.',
  options: schema,
  create: fairgrad,
};
