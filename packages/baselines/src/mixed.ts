import {
  type CombinerDefinition,
  type ConstantCombiner,
  checkOptions,
  checkStrength,
  type LevelStrength,
  levelStrength,
  strengthOf,
} from '@scalpel/core';
import * as v from 'valibot';

/*
 * Mixed training: d = g₀ + Σ_{k≥1} λₖ gₖ, the gradient of the weighted loss. Every comparison should include
 * this baseline, with a tuned λ: Xin, Ghorbani, Garg, Firat, Gilmer, "Do Current Multi-Task Optimization
 * Methods in Deep Learning Even Help?", NeurIPS 2022, arXiv 2209.11379.
 */

export interface MixedOptions {
  /**
   * Weight of each level after the first, >= 0: one number for all, or one per level after the first. Default
   * 1.
   */
  readonly lambda?: LevelStrength;
}

const schema = v.strictObject({
  lambda: v.optional(levelStrength, 1),
});

/** Fixed weights by level, with 1 for the first. All rows of a level have the same weight. */
export function mixed(options: MixedOptions = {}): ConstantCombiner {
  const { lambda } = checkOptions('mixed', schema, options);
  return {
    name: 'mixed',
    needs: 'nothing',
    check: (setup) => checkStrength('mixed', lambda, setup),
    weights: (rows) => rows.map(({ level }) => strengthOf(lambda, level)),
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
