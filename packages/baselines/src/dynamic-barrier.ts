import {
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GramianCombiner,
  projectionFactor,
} from '@scalpel/core';
import * as v from 'valibot';
import { type AverageOptions, averageSchema, checkTwoLevels, levelVectors } from './parts/two-levels.ts';

/*
 * Dynamic barrier, in the form that is compared with Bloop, on a main gradient g₀ and an auxiliary one g₁:
 *
 *   d = g₀ + λ g₁ − min(λ r, 1) e,   r = ⟨g₁, e⟩ / ‖e‖²,   e = g₀
 *
 * so d = max(1 − λ r, 0) g₀ + λ g₁. This is Bloop without averages, until λ g₁ alone lowers the main loss
 * faster than g₀ does. With an average, e is the moving average of g₀.
 *
 * Gong, Liu, Liu, "Bi-objective trade-off with dynamic barrier gradient descent", NeurIPS 2021, with barrier
 * ‖g₀‖² / λ and scaled by λ, as in arXiv 2402.02998.
 */

export interface DynamicBarrierOptions {
  /** λ, the strength of the second level, >= 0. Default 1. */
  readonly lambda?: number;
  /** Projects on the moving average of the main gradient. Default: on this batch's gradient. */
  readonly average?: AverageOptions;
}

const schema = v.strictObject({
  lambda: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1),
  average: v.optional(averageSchema),
});

/**
 * Dynamic barrier on exactly two levels, of any number of rows. If the main gradient, or its average, is
 * zero, nothing is projected. An absent level contributes nothing, and its average stays.
 */
export function dynamicBarrier(options: DynamicBarrierOptions = {}): GramianCombiner {
  const { lambda, average } = checkOptions('dynamic-barrier', schema, options);
  return {
    name: 'dynamic-barrier',
    needs: 'gramian',
    check: (setup) =>
      checkTwoLevels(
        'dynamic-barrier',
        setup,
        'Give them two priorities, or use bloop, which takes any number.',
      ),
    memoryOf: 'levels',
    remembers: () => (average ? 1 : 0),
    combine(step) {
      const { gradients, targets, remember } = levelVectors(step, average, 1);
      const [main, auxiliary, barrier] = [gradients[0]!, gradients[1]!, targets[0]!];
      const r = projectionFactor(step.gramian, auxiliary, barrier);
      const coefficients = combination([1, lambda, -Math.min(lambda * r, 1)], [main, auxiliary, barrier]);
      return { coefficients, remember };
    },
  };
}

export const dynamicBarrierDefinition: CombinerDefinition = {
  id: 'dynamic-barrier',
  title: 'Dynamic barrier',
  summary: 'Adds the auxiliary gradient, and less of the main one the more the auxiliary one helps it.',
  paper: {
    title: 'Bi-objective trade-off with dynamic barrier gradient descent',
    authors: 'Gong, Liu, Liu',
    year: 2021,
  },
  version: 1,
  guarantees: ['respects-priority', 'weighted'],
  options: schema,
  create: dynamicBarrier,
};
