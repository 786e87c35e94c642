import { type CombinerDefinition, checkOptions, finiteNumber, type LossCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { bounded, type LearnedByObjective, learn, unlearned } from './parts/learned.ts';

/*
 * Uncertainty weighting: the noise of each objective is learned along with the model. It minimises
 *
 *   Σ ½ exp(−sᵢ) Lᵢ + ½ sᵢ
 *
 * over the model and sᵢ = log σᵢ², from sᵢ = 0. So the weights are ½ exp(−sᵢ), and sᵢ tends to log Lᵢ. Each
 * sᵢ takes a step of Adam after its weight was used.
 *
 * Kendall, Gal, Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and
 * Semantics", CVPR 2018, arXiv 1705.07115, eq. 7, where s is trained by the optimizer of the model.
 */

export interface UncertaintyOptions {
  /** Learning rate of s, > 0. It is about the relative change of a weight in one step. Default 0.01. */
  readonly rate?: number;
}

const schema = v.strictObject({
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.01),
});

/** Uncertainty weighting. While a loss is not positive, its weight grows, at most to e^104 / 2. */
export function uncertainty(options: UncertaintyOptions = {}): LossCombiner<LearnedByObjective> {
  const { rate } = checkOptions('uncertainty', schema, options);
  return {
    name: 'uncertainty',
    needs: 'losses',
    init: unlearned,
    combine({ rows, losses, memory }) {
      const weights = rows.map(({ objective }) => Math.exp(-memory[objective]!.value) / 2);
      const slopes = losses.map((loss, row) => 1 / 2 - weights[row]! * loss);
      return { weights, memory: bounded(learn(memory, rows, slopes, rate)) };
    },
  };
}

export const uncertaintyDefinition: CombinerDefinition = {
  id: 'uncertainty',
  title: 'Uncertainty weighting',
  summary: 'Weights that are learned along with the model and tend to one over twice the loss.',
  paper: {
    title: 'Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics',
    authors: 'Kendall, Gal, Cipolla',
    year: 2018,
    arxiv: '1705.07115',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  options: schema,
  create: uncertainty,
};
