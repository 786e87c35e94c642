import { type CombinerDefinition, checkOptions, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { checkPreference, type Preference, preferenceOf, preferenceSchema } from './parts/preference.ts';
import { projectOnDualCone } from './solvers/dual-cone.ts';
import { regularized } from './solvers/regularized.ts';
import { settled } from './solvers/settled.ts';

/*
 * DualProj: among the directions that worsen no objective to first order, the nearest to the mean of the
 * gradients,
 *
 *   d = argmin ‖d − Σ uᵢ gᵢ‖²  subject to  ⟨gᵢ, d⟩ >= 0 for all i,
 *
 * so d = Σ vᵢ gᵢ with v = argmin vᵀG v over v >= u. Default u = 1/K.
 *
 * Lopez-Paz and Ranzato, "Gradient Episodic Memory for Continual Learning", NeurIPS 2017, arXiv 1706.08840,
 * eq. 8 and 11. There the gradients are those of the tasks seen so far, and only the newest is projected. For
 * the mean of all gradients: Quinton and Rey, "Jacobian Descent for Multi-Objective Optimization", 2024,
 * arXiv 2406.16232.
 */

export interface DualprojOptions {
  /**
   * u, the weight of each objective, >= 0: one number per objective in their order. Default 1/K for each of
   * the K present.
   */
  readonly preference?: Preference;
  /**
   * This number times the trace of the Gramian is added to its diagonal, >= 0. 1e-4 reproduces libraries
   * whose solver needs it. Above 0, the direction may conflict with a gradient. Default 0: exact.
   */
  readonly regularization?: number;
}

const schema = v.strictObject({
  preference: v.optional(preferenceSchema),
  regularization: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0),
});

/**
 * DualProj, exactly. A zero gradient keeps its uᵢ, which counts in the mean. At Pareto-stationary points the
 * precision of the inner products may not be enough to tell the direction from rounding errors. Then the
 * direction is zero, and the certificate says why.
 */
export function dualproj(options: DualprojOptions = {}): GramianCombiner {
  const { preference, regularization } = checkOptions('dualproj', schema, options);
  return {
    name: 'dualproj',
    needs: 'gramian',
    check: (setup) => checkPreference('dualproj', preference, setup),
    combine(step) {
      const gramian = regularized(step.gramian, regularization);
      const answer = projectOnDualCone(gramian, preferenceOf(preference, step), step.precision);
      return settled(gramian, answer, step.precision);
    },
  };
}

export const dualprojDefinition: CombinerDefinition = {
  id: 'dualproj',
  title: 'DualProj',
  summary: 'The direction nearest to the mean of the gradients among those that worsen no objective.',
  paper: {
    title: 'Gradient Episodic Memory for Continual Learning',
    authors: 'Lopez-Paz, Ranzato',
    year: 2017,
    arxiv: '1706.08840',
  },
  version: 1,
  guarantees: ['non-conflicting', 'permutation-equivariant', 'weighted'],
  convention:
    'A zero gradient counts in the mean. Where inner products do not tell the direction from rounding, it is zero.',
  options: schema,
  create: dualproj,
};
