import type { CombinerDefinition, LossCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { random } from './random.ts';

/*
 * RLW, random loss weighting: minimises Σ wᵢ Lᵢ with w = softmax(z). Each step draws a new z from the
 * standard normal distribution.
 *
 * Lin, Ye, Zhang, Tsang, "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task
 * Learning", TMLR 2022, arXiv 2111.10603, section 3.
 */

/**
 * RLW. The gradient of a weighted loss is the weighted gradient. So this is `random` under the name that
 * multi-task libraries use.
 */
export function rlw(): LossCombiner {
  return { ...random(), name: 'rlw' };
}

export const rlwDefinition: CombinerDefinition = {
  id: 'rlw',
  title: 'RLW',
  summary: 'The losses with positive weights that add up to one, drawn anew each step.',
  paper: {
    title: 'Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning',
    authors: 'Lin, Ye, Zhang, Tsang',
    year: 2022,
    arxiv: '2111.10603',
  },
  version: 1,
  guarantees: ['linear-under-scaling', 'weighted'],
  options: v.strictObject({}),
  create: rlw,
};
