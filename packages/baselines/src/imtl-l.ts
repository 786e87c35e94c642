import { type CombinerDefinition, checkOptions, finiteNumber, type LossCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { bounded, type LearnedByObjective, learn, unlearned } from './parts/learned.ts';
import { checkPositiveLosses } from './parts/positive-losses.ts';

/*
 * IMTL-L: learns scales that bring all losses to one. It minimises
 *
 *   Σ exp(sᵢ) Lᵢ − sᵢ
 *
 * over the model and sᵢ, from sᵢ = 0. So the weights are exp(sᵢ), and sᵢ tends to −log Lᵢ. Each sᵢ takes a
 * step of Adam after its weight was used.
 *
 * Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang, "Towards Impartial Multi-task Learning", ICLR 2021, eq. 8,
 * where s is trained by the optimizer of the model.
 */

export interface ImtlLOptions {
  /** Learning rate of s, > 0. It is about the relative change of a weight in one step. Default 0.01. */
  readonly rate?: number;
}

const schema = v.strictObject({
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.01),
});

/** IMTL-L. Throws unless all losses are > 0. */
export function imtlL(options: ImtlLOptions = {}): LossCombiner<LearnedByObjective> {
  const { rate } = checkOptions('imtl-l', schema, options);
  return {
    name: 'imtl-l',
    needs: 'losses',
    init: unlearned,
    combine(step) {
      checkPositiveLosses('imtl-l', step);
      const { rows, losses, memory } = step;
      const weights = rows.map(({ objective }) => Math.exp(memory[objective]!.value));
      const slopes = losses.map((loss, row) => weights[row]! * loss - 1);
      return { weights, memory: bounded(learn(memory, rows, slopes, rate)) };
    },
  };
}

export const imtlLDefinition: CombinerDefinition = {
  id: 'imtl-l',
  title: 'IMTL-L',
  summary: 'Weights that are learned along with the model and tend to one over the loss.',
  paper: {
    title: 'Towards Impartial Multi-task Learning',
    authors: 'Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang',
    year: 2021,
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  options: schema,
  create: imtlL,
};
