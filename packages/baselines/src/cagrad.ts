import { type CombinerDefinition, checkOptions, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { conflictAverse } from './solvers/conflict-averse.ts';

/*
 * CAGrad: the best direction for the objective that improves least, not too far from the mean of the
 * gradients g₀ = (1/K) Σ gᵢ,
 *
 *   d = argmax minᵢ ⟨gᵢ, d⟩  subject to  ‖d − g₀‖ <= c ‖g₀‖.
 *
 * Liu, Liu, Jin, Stone, Liu, "Conflict-Averse Gradient Descent for Multi-task Learning", NeurIPS 2021, arXiv
 * 2110.14048, eq. 1.
 */

export interface CagradOptions {
  /**
   * The largest distance from the mean, relative to the length of the mean, >= 0. With 0 the direction is the
   * mean. From 1 on, no objective gets worse. Default 0.5.
   */
  readonly c?: number;
  /** Divides d by 1 (`0`), by 1 + c² (`1`) or by 1 + c (`2`). Default 0. */
  readonly rescale?: 0 | 1 | 2;
}

const schema = v.strictObject({
  c: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0.5),
  rescale: v.optional(v.picklist([0, 1, 2], 'Give 0, 1 or 2'), 0),
});

/**
 * CAGrad, exactly. If 0 is in the convex hull of the gradients, or if one of them is zero, several d may be
 * the best. Then d is the one nearest to the mean, which is the direction of DualProj. If the mean is zero,
 * so is d.
 */
export function cagrad(options: CagradOptions = {}): GramianCombiner {
  const { c, rescale } = checkOptions('cagrad', schema, options);
  const divisor = [1, 1 + c * c, 1 + c][rescale]!;
  return {
    name: 'cagrad',
    needs: 'gramian',
    combine({ gramian, precision }) {
      const { coefficients, certificate } = conflictAverse(gramian, c, precision);
      return { coefficients: coefficients.map((coefficient) => coefficient / divisor), certificate };
    },
  };
}

export const cagradDefinition: CombinerDefinition = {
  id: 'cagrad',
  title: 'CAGrad',
  summary: 'The best direction for the worst-off objective within a ball around the mean of the gradients.',
  paper: {
    title: 'Conflict-Averse Gradient Descent for Multi-task Learning',
    authors: 'Liu, Liu, Jin, Stone, Liu',
    year: 2021,
    arxiv: '2110.14048',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention:
    'At a Pareto-stationary point, also with a zero gradient: of the best directions the one nearest to the mean, which is that of DualProj where the ball reaches it. Where the mean is zero the direction is zero.',
  options: schema,
  create: cagrad,
};
