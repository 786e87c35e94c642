import { type CombinerDefinition, type LossCombiner, normal } from '@scalpel/core';
import * as v from 'valibot';
import { softmax } from './parts/softmax.ts';

/*
 * Random weights: d = Σ wᵢ gᵢ with w = softmax(z). Each step draws a new z from the standard normal
 * distribution.
 *
 * Lin, Ye, Zhang, Tsang, "Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task
 * Learning", TMLR 2022, arXiv 2111.10603, section 4: random gradient weighting, RGW.
 */

/**
 * Random weights over the objectives present. They are positive and add up to one. The seed and the number of
 * the step determine them.
 */
export function random(): LossCombiner {
  return {
    name: 'random',
    // The weights do not use the losses. But only methods that are called in each step receive random
    // numbers.
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
  options: v.strictObject({}),
  create: random,
};
