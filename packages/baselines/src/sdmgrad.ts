import {
  type CombinerDefinition,
  checkOptions,
  finiteNumber,
  type GramianCombiner,
  wholeNumber,
} from '@scalpel/core';
import * as v from 'valibot';
import { applied, crossProducts, presentInAll } from './parts/batches-together.ts';
import { type ByObjective, ofEach, remembering } from './parts/by-objective.ts';
import { meanOf } from './parts/mean-of.ts';
import { projectOnSimplex } from './solvers/simplex-projection.ts';

/*
 * SDMGrad: MGDA pulled towards the mean. Two independent batches determine the weights, and a third gives the
 * direction,
 *
 *   d = J₃ᵀ (w + λ w₀) / (1 + λ),   w ≈ argmin ½ ‖Jᵀ (w + λ w₀)‖² over the simplex,   w₀ = 1/K.
 *
 * The weights take some steps of projected gradient descent with momentum, from the w of the last step:
 *
 *   v ← ½ v + A (w + λ w₀),   w ← Π(w − η v),   v = 0 at first,   A = J₁ J₂ᵀ / s²,   s = meanᵢ √max((J₁ J₂ᵀ)ᵢᵢ, 0).
 *
 * Xiao, Ban, Ji, "Direction-oriented Multi-objective Learning: Simple and Provable Stochastic Algorithms",
 * NeurIPS 2023, arXiv 2305.18409, algorithm 1; scale and momentum are those of its experiments.
 */

export interface SdmgradOptions {
  /** λ, the strength of the pull towards the mean, >= 0. Default 0.3. */
  readonly lambda?: number;
  /** η, the step size of the weights, >= 0. Default 5. */
  readonly rate?: number;
  /** The number of steps that the weights take in each step of training, 1 to 10,000. Default 20. */
  readonly iterations?: number;
  /** A number that is added to s², >= 0. 1e-8 reproduces multi-task libraries. Default 0: exact. */
  readonly regularization?: number;
}

const schema = v.strictObject({
  lambda: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0.3),
  rate: v.optional(v.pipe(finiteNumber, v.minValue(0)), 5),
  iterations: v.optional(v.pipe(wholeNumber(1), v.maxValue(10_000)), 20),
  regularization: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0),
});

const convention =
  'An objective that one of the batches lacks sits the step out: it is not in the direction, and its weight stays. Where s² vanishes beside the largest entry of J₁ J₂ᵀ, ' +
  'it is replaced by that entry times the precision, so that the weights jump to a corner.';

/** SDMGrad. Its batches must be independent: with the same batch several times, the weights are biased. */
export function sdmgrad(options: SdmgradOptions = {}): GramianCombiner<ByObjective<number>> {
  const { lambda, rate, iterations, regularization } = checkOptions('sdmgrad', schema, options);
  return {
    name: 'sdmgrad',
    needs: 'gramian',
    batches: 3,
    // The weight of each objective.
    init: (setup) => ofEach(setup, 3 / setup.rows.length),
    combine(step) {
      const { gramian, memory, precision, unit = 1 } = step;
      const objectives = presentInAll(step, 3);
      const products = crossProducts(step, objectives);
      const scale = Math.max(
        meanOf(products.map((row, i) => Math.sqrt(Math.max(0, row[i]!)))) ** 2 + regularization / unit / unit,
        precision * Math.max(0, ...products.flat().map(Math.abs)),
      );
      const matrix = products.map((row) => row.map((x) => (scale === 0 ? 0 : x / scale)));
      const drawn = (w: readonly number[]) => w.map((x) => x + lambda / w.length);
      let weights = objectives.map(({ objective }) => memory[objective]!);
      let velocity = weights.map(() => 0);
      for (let iteration = 0; iteration < iterations; iteration++) {
        const slope = applied(matrix, drawn(weights));
        velocity = velocity.map((v, i) => v / 2 + slope[i]!);
        weights = projectOnSimplex(weights.map((w, i) => w - rate * velocity[i]!));
      }
      const coefficients = new Array<number>(gramian.size).fill(0);
      for (const [i, x] of drawn(weights).entries()) coefficients[objectives[i]!.rows[2]!] = x / (1 + lambda);
      return { coefficients, memory: remembering(memory, objectives, weights) };
    },
  };
}

export const sdmgradDefinition: CombinerDefinition = {
  id: 'sdmgrad',
  title: 'SDMGrad',
  summary: 'A short convex combination of the gradients, drawn towards their mean, without bias from noise.',
  paper: {
    title: 'Direction-oriented Multi-objective Learning: Simple and Provable Stochastic Algorithms',
    authors: 'Xiao, Ban, Ji',
    year: 2023,
    arxiv: '2305.18409',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention,
  options: schema,
  create: sdmgrad,
};
