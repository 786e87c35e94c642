import {
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GramianCombiner,
  lengthOf,
} from '@scalpel/core';
import * as v from 'valibot';
import { checkPositiveLosses } from './parts/positive-losses.ts';
import { moveTrackers, trackerCount } from './parts/trackers.ts';

/*
 * DB-MTL, dual balancing (unrelated to the dynamic barrier): moving averages of the gradients of log Lᵢ, all
 * scaled to the length of the longest,
 *
 *   yᵢ ← βₜ yᵢ + (1 − βₜ) gᵢ / Lᵢ,   βₜ = β / t^σ,   d = Σ (maxⱼ ‖yⱼ‖ / ‖yᵢ‖) yᵢ,   from yᵢ = 0 at t = 1.
 *
 * Lin, Jiang, Ye, Zhang, Chen, Chen, Liu, Kwok, "Dual-Balancing for Multi-Task Learning", 2023, arXiv
 * 2308.12029, algorithm 1, where gᵢ is divided by Lᵢ + 1e-8.
 */

export interface DbMtlOptions {
  /** β, the weight of the old average, in [0, 1). Default 0.9. */
  readonly beta?: number;
  /** σ, how fast that weight falls with the number of steps, >= 0. Default 0: it does not fall. */
  readonly sigma?: number;
  /**
   * A number that is added to each loss before its logarithm is taken, >= 0. 1e-8 reproduces the paper's
   * code. Default 0: exact.
   */
  readonly regularization?: number;
}

const schema = v.strictObject({
  beta: v.optional(v.pipe(finiteNumber, v.minValue(0), v.ltValue(1)), 0.9),
  sigma: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0),
  regularization: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0),
});

const convention =
  'An average that is zero contributes nothing. The direction is made of the averages of the objectives present.';

/** DB-MTL. Throws unless all losses are > 0. */
export function dbMtl(options: DbMtlOptions = {}): GramianCombiner {
  const { beta, sigma, regularization } = checkOptions('db-mtl', schema, options);
  return {
    name: 'db-mtl',
    needs: 'gramian',
    remembers: trackerCount,
    combine(step) {
      const losses = step.losses.map((loss) => loss + regularization);
      checkPositiveLosses('db-mtl', { ...step, losses });
      const old = beta / (step.step + 1) ** sigma;
      const { remember, present } = moveTrackers(step, (row) => ({ old, fresh: (1 - old) / losses[row]! }));
      const lengths = present.map((average) => lengthOf(step, average));
      const longest = Math.max(...lengths);
      const factors = lengths.map((length) => (length === 0 ? 0 : longest / length));
      return { coefficients: combination(factors, present), remember };
    },
  };
}

export const dbMtlDefinition: CombinerDefinition = {
  id: 'db-mtl',
  title: 'DB-MTL',
  summary: 'The sum of moving averages of the gradients of the log-losses, all made as long as the longest.',
  paper: {
    title: 'Dual-Balancing for Multi-Task Learning',
    authors: 'Lin, Jiang, Ye, Zhang, Chen, Chen, Liu, Kwok',
    year: 2023,
    arxiv: '2308.12029',
  },
  version: 1,
  guarantees: ['permutation-equivariant'],
  convention,
  options: schema,
  create: dbMtl,
};
