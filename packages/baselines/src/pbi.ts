import { type CombinerDefinition, checkOptions, finiteNumber, type LossCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { checkPerObjective, numbersOf, type PerObjective, perObjective } from './parts/per-objective.ts';
import { perpendicular } from './parts/perpendicular.ts';
import { normalized, powerAbove } from './parts/powers.ts';
import { checkPreference, type Preference, preferenceOf, preferenceSchema } from './parts/preference.ts';

/*
 * PBI, penalty-based boundary intersection: moves as far as possible along a ray from an ideal point z, with
 * a penalty for the distance from the ray,
 *
 *   minimises  d₁ + θ d₂,   d₁ = ⟨L − z, p̂⟩,   d₂ = ‖L − z − d₁ p̂‖,   p̂ = p / ‖p‖,
 *
 * so the weights are p̂ + θ (L − z − d₁ p̂) / d₂.
 *
 * Zhang and Li, "MOEA/D: A Multiobjective Evolutionary Algorithm Based on Decomposition", IEEE Trans.
 * Evolutionary Computation 11, 2007, section II C.
 */

export interface PbiOptions {
  /** θ, the weight of the distance from the ray, >= 0. Default 5. */
  readonly theta?: number;
  /**
   * p, the direction of the ray, >= 0, one number per objective in their order. Default: the same for all.
   */
  readonly preference?: Preference;
  /** z, losses that cannot be reached: one number for all, or one per objective in their order. Default 0. */
  readonly ideal?: PerObjective;
}

const schema = v.strictObject({
  theta: v.optional(v.pipe(finiteNumber, v.minValue(0)), 5),
  preference: v.optional(preferenceSchema),
  ideal: v.optional(perObjective, 0),
});

const convention =
  'On the ray, to rounding, d₂ has no derivative, and its part is left out. Where the preference of all present is zero there is no ray, and d₂ is the distance from z.';

/** PBI. Weights may be negative. */
export function pbi(options: PbiOptions = {}): LossCombiner {
  const { theta, preference, ideal } = checkOptions('pbi', schema, options);
  return {
    name: 'pbi',
    needs: 'losses',
    check: (setup) => {
      checkPreference('pbi', preference, setup);
      checkPerObjective('pbi', 'ideal', ideal, setup);
    },
    combine(step) {
      const least = numbersOf(ideal, step);
      const unit = powerAbove([...step.losses, ...least]);
      const losses = step.losses.map((loss, row) => loss / unit - least[row]! / unit);
      const ray = normalized(preferenceOf(preference, step));
      const away = ray.every((x) => x === 0) ? losses : perpendicular(losses, ray);
      const distance = Math.hypot(...away);
      const off = distance > 10 * Number.EPSILON * Math.hypot(...losses);
      return { weights: ray.map((x, row) => x + (off ? (theta * away[row]!) / distance : 0)) };
    },
  };
}

export const pbiDefinition: CombinerDefinition = {
  id: 'pbi',
  title: 'PBI',
  summary: 'The distance along a ray of preference, plus a penalty for leaving it.',
  paper: {
    title: 'MOEA/D: A Multiobjective Evolutionary Algorithm Based on Decomposition',
    authors: 'Zhang, Li',
    year: 2007,
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention,
  options: schema,
  create: pbi,
};
