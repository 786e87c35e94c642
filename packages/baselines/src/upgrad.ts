import { type CombinerDefinition, checkOptions, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { checkPreference, type Preference, preferenceOf, preferenceSchema } from './parts/preference.ts';
import { projectEachOnDualCone } from './solvers/dual-cone.ts';
import { regularized } from './solvers/regularized.ts';
import { settled } from './solvers/settled.ts';

/*
 * UPGrad, the unconflicting projection of gradients. Each gradient is projected on the cone of the directions
 * that worsen no objective, and the projections are averaged,
 *
 *   d = Σᵢ uᵢ πᵢ,   πᵢ = argmin ‖π − gᵢ‖²  subject to  ⟨gⱼ, π⟩ >= 0 for all j,
 *
 * so πᵢ = Σⱼ vⱼ gⱼ with v = argmin vᵀG v over v >= eᵢ. Default u = 1/K.
 *
 * Quinton and Rey, "Jacobian Descent for Multi-Objective Optimization", 2024, arXiv 2406.16232.
 */

export interface UpgradOptions {
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
 * UPGrad, exactly. A zero gradient keeps its uᵢ. At Pareto-stationary points the precision of the inner
 * products may not be enough to tell the direction from rounding errors. Then the direction is zero, and the
 * certificate says why.
 */
export function upgrad(options: UpgradOptions = {}): GramianCombiner {
  const { preference, regularization } = checkOptions('upgrad', schema, options);
  return {
    name: 'upgrad',
    needs: 'gramian',
    check: (setup) => checkPreference('upgrad', preference, setup),
    combine(step) {
      const gramian = regularized(step.gramian, regularization);
      const answer = projectEachOnDualCone(gramian, preferenceOf(preference, step), step.precision);
      return settled(gramian, answer, step.precision);
    },
  };
}

export const upgradDefinition: CombinerDefinition = {
  id: 'upgrad',
  title: 'UPGrad',
  summary: 'The mean of the gradients, each first projected on the directions that worsen no objective.',
  paper: {
    title: 'Jacobian Descent for Multi-Objective Optimization',
    authors: 'Quinton, Rey',
    year: 2024,
    arxiv: '2406.16232',
  },
  version: 1,
  guarantees: ['non-conflicting', 'linear-under-scaling', 'permutation-equivariant', 'weighted'],
  convention:
    'A zero gradient counts among the K. Where inner products do not tell the direction from rounding, it is zero.',
  options: schema,
  create: upgrad,
};
