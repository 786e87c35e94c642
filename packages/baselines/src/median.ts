import type { CombinerDefinition, ElementCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { middleMean, middleMeans } from './parts/middle.ts';

/*
 * The coordinate-wise median: each element of the direction is the median of that element of the gradients.
 *
 * Yin, Chen, Ramchandran, Bartlett, "Byzantine-Robust Distributed Learning: Towards Optimal Statistical
 * Rates", ICML 2018, arXiv 1803.01498, definition 1.
 */

/** The coordinate-wise median. For an even number of gradients, it is the mean of the two in the middle. */
export function median(): ElementCombiner {
  return {
    name: 'median',
    needs: 'elements',
    element: ({ column }) => middleMean(column, outer(column.length)),
    combine: ({ gradients }) => middleMeans(gradients, outer(gradients.shape[0])),
  };
}

export const medianDefinition: CombinerDefinition = {
  id: 'median',
  title: 'Median',
  summary: 'The median of each element.',
  paper: {
    title: 'Byzantine-Robust Distributed Learning: Towards Optimal Statistical Rates',
    authors: 'Yin, Chen, Ramchandran, Bartlett',
    year: 2018,
    arxiv: '1803.01498',
  },
  version: 1,
  guarantees: ['permutation-equivariant'],
  convention: 'Of an even number of gradients, the mean of the two in the middle.',
  options: v.strictObject({}),
  create: median,
};

/** The number of values on either side of the one or two in the middle. */
function outer(count: number): number {
  return Math.floor((count - 1) / 2);
}
