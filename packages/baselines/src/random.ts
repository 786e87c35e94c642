import { type CombinerDefinition, type LossCombiner, normal } from '@scalpel/core';
import * as z from 'zod/mini';
import { softmax } from './parts/softmax.ts';

/*
 * Random weights: d = Σ wᵢ gᵢ with w = softmax(z), z drawn from the standard normal distribution anew each
 * step.
 *
 * Lin, Ye, Zhang, Tsang, "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task
 * Learning", TMLR 2022, arXiv 2111.10603, section 4: random gradient weighting, RGW.
 */

/**
 * Random weights that are positive and add up to one, over the objectives present; drawn from the seed and
 * the number of the step.
 */
export function random(): LossCombiner {
  return {
    name: 'random',
    // The weights look at nothing, but only methods that are asked each step are given random numbers.
    needs: 'losses',
    combine: ({ rows, random }) => ({ weights: softmax(rows.map(() => normal(random))) }),
  };
}

export const randomDefinition: CombinerDefinition = {
  id: 'random',
  title: 'Random weights',
  summary: 'The gradients with positive weights that add up to one, drawn anew each step.',
  paper: {
    title: 'Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning',
    authors: 'Lin, Ye, Zhang, Tsang',
    year: 2022,
    arxiv: '2111.10603',
  },
  version: 1,
  guarantees: ['linear-under-scaling', 'weighted'],
  options: z.strictObject({}),
  create: random,
};
