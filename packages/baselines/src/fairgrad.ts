import { type CombinerDefinition, checkOptions, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { fairCombination } from './solvers/fairness.ts';

/*
 * FairGrad: the direction that shares out the decreases of the losses fairly,
 *
 *   d = Σ wᵢ gᵢ,   w > 0 with (G w)ᵢ = wᵢ^(−1/α),   G the Gramian of the gradients.
 *
 * Among the directions of its length it maximises Σ ⟨gᵢ, d⟩^(1−α) / (1−α). The limit α → 0 is the sum of the
 * gradients if each of them improves along it. α = 1 is proportional fairness (Nash-MTL). The limit α → ∞ is
 * the same decrease for all.
 *
 * Ban and Ji, "Fair Resource Allocation in Multi-Task Learning", ICML 2024, arXiv 2402.15638, section 4.
 *
 * The authors solve a bounded least-squares problem. Here Newton's method solves the equation itself.
 */

export interface FairgradOptions {
  /** α, > 0. A larger α gives more weight to the objective that improves least. Default 1. */
  readonly alpha?: number;
}

const schema = v.strictObject({
  alpha: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1),
});

/**
 * FairGrad, exactly. If 0 is in the convex hull of the gradients, as it is if one of them is zero, there is
 * no solution. If 0 is very near the hull, the precision of the inner products may not determine one. In both
 * cases the direction is zero, and the certificate says why.
 */
export function fairgrad(options: FairgradOptions = {}): GramianCombiner {
  const { alpha } = checkOptions('fairgrad', schema, options);
  return {
    name: 'fairgrad',
    needs: 'gramian',
    combine: (step) => fairCombination(step, step.rows.length, alpha),
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
