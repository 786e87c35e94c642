import {
  type CombinerDefinition,
  checkOptions,
  finiteNumber,
  type LossCombiner,
  type StepContext,
} from '@scalpel/core';
import * as v from 'valibot';
import { type LearnedByObjective, learn, unlearned } from './parts/learned.ts';
import { checkPerObjective, numbersOf, type PerObjective, perObjective } from './parts/per-objective.ts';
import { softmax } from './parts/softmax.ts';

/*
 * FAMO: the logarithms of the losses fall at the same rate, at the cost of a single gradient,
 *
 *   d = c Σ zᵢ gᵢ / (Lᵢ − bᵢ),   z = softmax(ξ),   c = 1 / Σ zᵢ / (Lᵢ − bᵢ).
 *
 * After the step it computes the losses again on the same batch. Let δᵢ = log(Lᵢ − bᵢ) before the step −
 * log(Lᵢ − bᵢ) after it. Then ξ takes a step of Adam on the gradient zᵢ (δᵢ − Σ zⱼ δⱼ) + γ ξᵢ, from ξ = 0.
 *
 * Liu, Feng, Stone, Liu, "FAMO: Fast Adaptive Multitask Optimization", NeurIPS 2023, arXiv 2306.03792,
 * algorithm 1, which adds 1e-8 to Lᵢ − bᵢ. Its code also clips d to length 1, as `clipped` does.
 */

export interface FamoOptions {
  /** Learning rate of ξ, > 0. Default 0.025. */
  readonly rate?: number;
  /** γ, >= 0. A larger γ makes the weights more equal. Default 0.001. */
  readonly decay?: number;
  /** b, below all losses: one number for all objectives, or one per objective in their order. Default 0. */
  readonly minimum?: PerObjective;
  /** A number that is added to each Lᵢ − bᵢ, >= 0. 1e-8 reproduces the paper's code. Default 0: exact. */
  readonly regularization?: number;
}

const schema = v.strictObject({
  rate: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.025),
  decay: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1e-3),
  minimum: v.optional(perObjective, 0),
  regularization: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0),
});

const convention =
  'An objective that is absent keeps its ξ, and z is that of the others. Where a loss after the step is not above its minimum, ξ stays.';

interface FamoMemory {
  /** ξ, one number per objective. */
  readonly learned: LearnedByObjective;
  /**
   * log(Lᵢ − bᵢ) before the step, of the objectives present. It is kept until the losses after the step are
   * known.
   */
  readonly before: readonly number[];
}

/**
 * FAMO. Throws unless every loss is above its minimum. Losses and minima are those of the weighted
 * objectives.
 */
export function famo(options: FamoOptions = {}): LossCombiner<FamoMemory> {
  const { rate, decay, minimum, regularization } = checkOptions('famo', schema, options);
  const heights = (step: StepContext<unknown>) => {
    const least = numbersOf(minimum, step);
    return step.losses.map((loss, row) => Math.min(Number.MAX_VALUE, loss - least[row]! + regularization));
  };
  return {
    name: 'famo',
    needs: 'losses',
    check: (setup) => checkPerObjective('famo', 'minimum', minimum, setup),
    init: (setup) => ({ learned: unlearned(setup), before: [] }),
    combine(step) {
      const { rows, memory } = step;
      const above = heights(step);
      checkAbove(step, above);
      const before = above.map(Math.log);
      // zᵢ / (Lᵢ − bᵢ) divided by their sum, computed with logarithms.
      const weights = softmax(
        rows.map(({ objective }, row) => memory.learned[objective]!.value - before[row]!),
      );
      return { weights, memory: { ...memory, before } };
    },
    after(step) {
      const { rows, memory } = step;
      const above = heights(step);
      if (!above.every((height) => height > 0)) return { ...memory, before: [] };
      const xi = rows.map(({ objective }) => memory.learned[objective]!.value);
      const z = softmax(xi);
      const falls = above.map((height, row) => memory.before[row]! - Math.log(height));
      const mean = falls.reduce((sum, fall, row) => sum + z[row]! * fall, 0);
      const slopes = falls.map((fall, row) => z[row]! * (fall - mean) + decay * xi[row]!);
      return { learned: learn(memory.learned, rows, slopes, rate), before: [] };
    },
  };
}

export const famoDefinition: CombinerDefinition = {
  id: 'famo',
  title: 'FAMO',
  summary:
    'Weights that let the logarithms of all losses fall at one pace, learned from the losses after the step.',
  paper: {
    title: 'FAMO: Fast Adaptive Multitask Optimization',
    authors: 'Liu, Feng, Stone, Liu',
    year: 2023,
    arxiv: '2306.03792',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention,
  options: schema,
  create: famo,
};

function checkAbove({ rows, losses }: StepContext<unknown>, above: readonly number[]): void {
  const row = above.findIndex((height) => !(height > 0));
  if (row < 0) return;
  const least = losses[row]! - above[row]!;
  throw new Error(
    `famo: the loss of "${rows[row]!.objective}" is ${losses[row]}, but must be above its minimum ${least}, because the logarithm of the difference is taken. ` +
      'Give a lower minimum, or use a method that takes any loss, such as mixed.',
  );
}
