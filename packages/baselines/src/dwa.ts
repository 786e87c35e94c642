import {
  type CombinerDefinition,
  checkOptions,
  finiteNumber,
  type LossCombiner,
  type StepContext,
} from '@scalpel/core';
import * as v from 'valibot';
import { type ByObjective, ofEach, remembering } from './parts/by-objective.ts';
import { softmax } from './parts/softmax.ts';
import { added } from './parts/sums-of-losses.ts';

/*
 * DWA, dynamic weight average: an objective gets more weight if its loss fell less between the last two
 * epochs,
 *
 *   w = K softmax(r / T),   rᵢ = L̄ᵢ(t − 1) / L̄ᵢ(t − 2),
 *
 * where L̄ is the mean loss over an epoch. In the first two epochs w = 1.
 *
 * Liu, Johns, Davison, "End-to-End Multi-Task Learning with Attention", CVPR 2019, arXiv 1803.10704, eq. 7.
 */

export interface DwaOptions {
  /** T, > 0. A larger T makes the weights more equal. Default 2. */
  readonly temperature?: number;
}

const schema = v.strictObject({
  temperature: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 2),
});

const convention =
  'The last two epochs are those in which the objective was present; before it has had two, rᵢ = 1. K counts the objectives present.';

interface Epochs {
  /** Mean losses of the last completed epochs, at most two, oldest first. */
  readonly means: readonly number[];
  /** The present epoch; null before its first step. */
  readonly epoch: number | null;
  readonly sum: number;
  readonly count: number;
}

type DwaMemory = ByObjective<Epochs>;

/**
 * DWA. A trainer counts epochs only if it has `stepsPerEpoch`; otherwise the weights stay 1. Losses may have
 * either sign. Throws if the mean loss of an epoch is 0.
 */
export function dwa(options: DwaOptions = {}): LossCombiner<DwaMemory> {
  const { temperature } = checkOptions('dwa', schema, options);
  return {
    name: 'dwa',
    needs: 'losses',
    init: (setup) => ofEach(setup, { means: [], epoch: null, sum: 0, count: 0 }),
    combine(step) {
      const epochs = step.rows.map((_, row) => noted(step, row));
      const ratios = epochs.map(({ means }) => (means.length === 2 ? means[1]! / means[0]! : 1));
      const weights = softmax(ratios, temperature);
      return {
        weights: weights.map((weight) => weight * weights.length),
        memory: remembering(step.memory, step.rows, epochs),
      };
    },
  };
}

export const dwaDefinition: CombinerDefinition = {
  id: 'dwa',
  title: 'DWA',
  summary: 'More weight to objectives whose losses fell less between the last two epochs.',
  paper: {
    title: 'End-to-End Multi-Task Learning with Attention',
    authors: 'Liu, Johns, Davison',
    year: 2019,
    arxiv: '1803.10704',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention,
  options: schema,
  create: dwa,
};

/** The epochs of a row's objective, including the loss of this step. */
function noted({ rows, losses, epoch, memory }: StepContext<DwaMemory>, row: number): Epochs {
  const { objective } = rows[row]!;
  const own = memory[objective]!;
  const loss = losses[row]!;
  if (epoch === own.epoch)
    return { ...own, sum: added('dwa', objective, own.sum, loss), count: own.count + 1 };
  const begun = { epoch, sum: loss, count: 1 };
  if (own.epoch === null) return { ...own, ...begun };
  const mean = own.sum / own.count;
  if (mean === 0) {
    throw new Error(
      `dwa: the mean loss of "${objective}" over epoch ${own.epoch} is 0, but must be positive or negative, because the next one is divided by it. ` +
        'Add a constant to the loss that keeps it from 0, or use a method that takes any loss, such as mixed.',
    );
  }
  return { ...begun, means: [...own.means, mean].slice(-2) };
}
