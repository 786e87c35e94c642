import {
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GramianCombiner,
} from '@scalpel/core';
import * as v from 'valibot';
import { type ByObjective, ofEach, remembering } from './parts/by-objective.ts';
import { perSquare } from './parts/per-square.ts';
import { moveTrackers, trackerCount } from './parts/trackers.ts';
import { projectOnSimplex } from './solvers/simplex-projection.ts';

/*
 * MoCo: MGDA on gradients with less noise. A row yᵢ tracks each gradient, and the weights take one projected
 * gradient step towards those of MGDA,
 *
 *   yᵢ ← (1 − β) yᵢ + β gᵢ,   w ← Π(w − γ (Y Yᵀ + ρ I) w),   d = Σ wᵢ yᵢ,
 *
 * from yᵢ = 0 and wᵢ = 1/K. Π is the Euclidean projection on the simplex.
 *
 * Fernando, Shen, Liu, Chaudhury, Murugesan, Chen, "Mitigating Gradient Bias in Multi-objective Learning: A
 * Provably Convergent Approach", ICLR 2023, arXiv 2210.12624, algorithm 1. Some libraries replace Π by a
 * softmax and scale the rows to the losses, which is another method.
 */

export interface MocoOptions {
  /** β, the weight of the newest gradient in its tracker, in (0, 1]. Default 0.5. */
  readonly beta?: number;
  /** γ, the step size of the weights, per squared length of a gradient, >= 0. Default 0.1. */
  readonly gamma?: number;
  /** ρ, >= 0. A larger ρ makes the weights more equal. Default 0. */
  readonly rho?: number;
}

const schema = v.strictObject({
  beta: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.maxValue(1)), 0.5),
  gamma: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0.1),
  rho: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0),
});

const convention =
  'The direction is made of the trackers of the objectives present. Only their weights move, and are projected so that they add up to one.';

/** MoCo. It remembers one row per objective. */
export function moco(options: MocoOptions = {}): GramianCombiner<ByObjective<number>> {
  const { beta, gamma, rho } = checkOptions('moco', schema, options);
  return {
    name: 'moco',
    needs: 'gramian',
    remembers: trackerCount,
    // The weight of each objective.
    init: (setup) => ofEach(setup, 1 / setup.rows.length),
    combine(step) {
      const { gramian, rows, memory } = step;
      const { remember, present } = moveTrackers(step, () => ({ old: 1 - beta, fresh: beta }));
      const weights = rows.map(({ objective }) => memory[objective]!);
      const moves = perSquare(gamma, gramian.lift(present).times(weights), step);
      const next = projectOnSimplex(weights.map((w, row) => w - moves[row]! - gamma * rho * w));
      return {
        coefficients: combination(next, present),
        remember,
        memory: remembering(memory, rows, next),
      };
    },
  };
}

export const mocoDefinition: CombinerDefinition = {
  id: 'moco',
  title: 'MoCo',
  summary: 'One step a time towards the shortest convex combination of moving averages of the gradients.',
  paper: {
    title: 'Mitigating Gradient Bias in Multi-objective Learning: A Provably Convergent Approach',
    authors: 'Fernando, Shen, Liu, Chaudhury, Murugesan, Chen',
    year: 2023,
    arxiv: '2210.12624',
  },
  version: 1,
  guarantees: ['permutation-equivariant'],
  convention,
  options: schema,
  create: moco,
};
