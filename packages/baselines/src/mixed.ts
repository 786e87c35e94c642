import { type CombinerDefinition, type ConstantCombiner, checkOptions } from '@scalpel/core';
import { z } from 'zod';

/*
 * Mixed training: d = g₀ + Σ_{k≥1} λₖ gₖ, the gradient of the weighted loss. The baseline that has to be in every comparison, with
 * λ tuned: Xin, Ghorbani, Garg, Firat, Gilmer, "Do Current Multi-Task Optimization Methods in Deep Learning Even
 * Help?", NeurIPS 2022, arXiv 2209.11379.
 */

export interface MixedOptions {
  /** Weight of each level after the first, >= 0: one for all, or one per level after the first. Default 1. */
  readonly lambda?: number | readonly number[];
}

const strength = z.number().nonnegative();

const schema = z.strictObject({
  lambda: z
    .union([strength, z.array(strength).readonly()], {
      error: 'Give a number >= 0, or a list of one such number per level after the first',
    })
    .default(1),
});

/** Fixed weights by level, 1 for the first; the rows of a level have the same weight. */
export function mixed(options: MixedOptions = {}): ConstantCombiner {
  const { lambda } = checkOptions('mixed', schema, options);
  const weightOf = (level: number) => {
    if (level === 0) return 1;
    return typeof lambda === 'number' ? lambda : lambda[level - 1]!;
  };
  return {
    name: 'mixed',
    needs: 'nothing',
    check({ levels }) {
      if (typeof lambda === 'number' || lambda.length === levels - 1) return;
      throw new Error(
        `mixed: lambda has ${lambda.length} numbers, but the objectives have ${levels} levels of priority. ` +
          `Give ${levels - 1}, one per level after the first, or a single number for all.`,
      );
    },
    weights: (rows) => rows.map(({ level }) => weightOf(level)),
  };
}

export const mixedDefinition: CombinerDefinition = {
  id: 'mixed',
  title: 'Mixed',
  summary: 'The first level plus λ times the others, with fixed λ.',
  paper: {
    title: 'Do Current Multi-Task Optimization Methods in Deep Learning Even Help?',
    authors: 'Xin, Ghorbani, Garg, Firat, Gilmer',
    year: 2022,
    arxiv: '2209.11379',
  },
  version: 1,
  guarantees: ['linear-under-scaling', 'permutation-equivariant', 'weighted'],
  options: schema,
  create: mixed,
};
