import { type CombinerDefinition, checkOptions, type ElementCombiner, wholeNumber } from '@scalpel/core';
import * as v from 'valibot';
import { middleMean, middleMeans } from './parts/middle.ts';
import { mostRows } from './parts/most-rows.ts';

/*
 * The trimmed mean. For each element, the b largest and the b smallest values are left out, and the direction
 * has the mean of the others.
 *
 * Yin, Chen, Ramchandran, Bartlett, "Byzantine-Robust Distributed Learning: Towards Optimal Statistical
 * Rates", ICML 2018, arXiv 1803.01498, definition 2, with b = βm.
 */

export interface TrimmedMeanOptions {
  /**
   * b, how many of the largest values, and as many of the smallest, are left out: a whole number >= 0.
   * Default 1.
   */
  readonly trim?: number;
}

const schema = v.strictObject({
  trim: v.optional(wholeNumber(0), 1),
});

/** The trimmed mean of at least 2 · trim + 1 gradients. Throws if fewer objectives are present. */
export function trimmedMean(options: TrimmedMeanOptions = {}): ElementCombiner {
  const { trim } = checkOptions('trimmed-mean', schema, options);
  const enough = (count: number): number => {
    if (count > 2 * trim) return trim;
    throw new Error(
      `trimmed-mean: trim ${trim} leaves nothing of ${count} gradients. Give at least ${2 * trim + 1} objectives, or trim less.`,
    );
  };
  return {
    name: 'trimmed-mean',
    needs: 'elements',
    check: (setup) => {
      enough(mostRows(setup));
    },
    element: ({ column }) => middleMean(column, enough(column.length)),
    combine: ({ gradients }) => middleMeans(gradients, enough(gradients.shape[0])),
  };
}

export const trimmedMeanDefinition: CombinerDefinition = {
  id: 'trimmed-mean',
  title: 'Trimmed mean',
  summary: 'The mean of each element without its largest and smallest values.',
  paper: {
    title: 'Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates',
    authors: 'Yin, Chen, Ramchandran, Bartlett',
    year: 2018,
    arxiv: '1803.01498',
  },
  version: 1,
  guarantees: ['permutation-equivariant'],
  options: schema,
  create: trimmedMean,
};
