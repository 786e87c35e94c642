import { type CombinerDefinition, checkOptions, finiteNumber, type GramianCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { applied, crossProducts, presentInAll } from './parts/batches-together.ts';
import { type ByObjective, ofEach, remembering } from './parts/by-objective.ts';
import { perSquare } from './parts/per-square.ts';
import { projectOnSimplex } from './solvers/simplex-projection.ts';

/*
 * MoDo: the weights take one projected gradient step towards those of MGDA. The step is unbiased, because it
 * uses the gradients of two independent batches. The direction uses the gradients of a third:
 *
 *   w ← Π(w − γ (J₁ J₂ᵀ + ρ I) w),   d = J₃ᵀ w,   from wᵢ = 1/K.
 *
 * Π is the Euclidean projection on the simplex.
 *
 * Chen, Fernando, Ying, Chen, "Three-Way Trade-Off in Multi-Objective Learning: Optimization, Generalization
 * and Conflict-Avoidance", NeurIPS 2023, arXiv 2305.20057, algorithm 1.
 */

export interface ModoOptions {
  /** γ, the step size of the weights, per squared length of a gradient, >= 0. Default 0.001. */
  readonly gamma?: number;
  /** ρ, >= 0. A larger ρ makes the weights more equal. Default 0.1. */
  readonly rho?: number;
  /**
   * The number of batches. With 2, the direction has the mean of both batches instead of a third, which takes
   * less work and adds some bias. Default 3.
   */
  readonly batches?: 2 | 3;
}

const schema = v.strictObject({
  gamma: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1e-3),
  rho: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0.1),
  batches: v.optional(v.picklist([2, 3]), 3),
});

const convention =
  'An objective that one of the batches lacks sits the step out: it is not in the direction, and its weight stays. The weights of the others are projected so that they add up to one.';

/** MoDo. Its batches must be independent: with the same batch several times, the step is biased. */
export function modo(options: ModoOptions = {}): GramianCombiner<ByObjective<number>> {
  const { gamma, rho, batches } = checkOptions('modo', schema, options);
  return {
    name: 'modo',
    needs: 'gramian',
    batches,
    // The weight of each objective.
    init: (setup) => ofEach(setup, batches / setup.rows.length),
    combine(step) {
      const { gramian, memory } = step;
      const objectives = presentInAll(step, batches);
      const weights = objectives.map(({ objective }) => memory[objective]!);
      const moves = perSquare(gamma, applied(crossProducts(step, objectives), weights), step);
      const next = projectOnSimplex(weights.map((w, i) => w - moves[i]! - gamma * rho * w));
      const coefficients = new Array<number>(gramian.size).fill(0);
      for (const [i, { rows }] of objectives.entries()) {
        const used = batches === 3 ? rows.slice(2) : rows;
        for (const row of used) coefficients[row] = next[i]! / used.length;
      }
      return { coefficients, memory: remembering(memory, objectives, next) };
    },
  };
}

export const modoDefinition: CombinerDefinition = {
  id: 'modo',
  title: 'MoDo',
  summary:
    'One step a time towards the shortest convex combination of the gradients, without bias from noise.',
  paper: {
    title:
      'Three-Way Trade-Off in Multi-Objective Learning: Optimization, Generalization and Conflict-Avoidance',
    authors: 'Chen, Fernando, Ying, Chen',
    year: 2023,
    arxiv: '2305.20057',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention,
  options: schema,
  create: modo,
};
