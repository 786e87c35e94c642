import {
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GramianCombiner,
  type GramianStep,
  projectionFactor,
} from '@scalpel/core';
import * as v from 'valibot';
import { checkOrder, type Order, orderSchema, othersInOrder } from './parts/order.ts';
import { runningCombination } from './parts/running-combination.ts';
import { type AverageOptions, averageSchema, checkTwoLevels, levelVectors } from './parts/two-levels.ts';

/*
 * PCGrad. The original version works on any number of gradients and ignores priorities:
 *
 *   d = Σᵢ cᵢ,   cᵢ = gᵢ, and then for each j ≠ i in some order: cᵢ ← cᵢ − min(⟨cᵢ, gⱼ⟩, 0) / ‖gⱼ‖² gⱼ
 *
 * Yu, Kumar, Gupta, Levine, Hausman, Finn, "Gradient Surgery for Multi-Task Learning", NeurIPS 2020, arXiv
 * 2001.06782, algorithm 1.
 *
 * With λ or an average there is a version on two levels (arXiv 2402.02998, section 5.1):
 *
 *   d = g₀ − min(r₀, 0) e₁ + λ (g₁ − min(r₁, 0) e₀),   r₀ = ⟨g₀, e₁⟩ / ‖e₁‖²,   r₁ = ⟨g₁, e₀⟩ / ‖e₀‖²
 *
 * where e is the gradient of this batch or its moving average.
 */

export interface PcgradOptions {
  /** The order in which each row meets the others. Default `random`. */
  readonly order?: Order;
  /**
   * λ, the strength of the second level, >= 0. Selects the version on two levels, where it is 1 by default.
   */
  readonly lambda?: number;
  /** Projects on the moving averages of both levels' gradients. Selects the version on two levels. */
  readonly average?: AverageOptions;
}

const schema = v.pipe(
  v.strictObject({
    order: v.optional(orderSchema),
    lambda: v.optional(v.pipe(finiteNumber, v.minValue(0))),
    average: v.optional(averageSchema),
  }),
  v.forward(
    v.check(
      ({ order, lambda, average }) => order === undefined || (lambda ?? average) === undefined,
      'There is no order with lambda or average: two levels meet only each other. Leave it out',
    ),
    ['order'],
  ),
);

/**
 * PCGrad. Nothing is projected on a zero gradient. With `lambda` or `average` there must be exactly two
 * levels, of any number of rows. An absent level then contributes nothing and its average stays; the other
 * level is still projected on that average.
 */
export function pcgrad(options: PcgradOptions = {}): GramianCombiner {
  const { order = 'random', lambda, average } = checkOptions('pcgrad', schema, options);
  if (lambda === undefined && average === undefined) {
    return {
      name: 'pcgrad',
      needs: 'gramian',
      check: (setup) => checkOrder('pcgrad', order, setup),
      combine: (step) => ({ coefficients: original(step, order) }),
    };
  }
  return {
    name: 'pcgrad',
    needs: 'gramian',
    check: (setup) =>
      checkTwoLevels(
        'pcgrad with lambda or average',
        setup,
        'Give them two priorities, or leave both options out for the original, which takes any objectives.',
      ),
    memoryOf: 'levels',
    remembers: () => (average ? 2 : 0),
    combine(step) {
      const { gradients, targets, remember } = levelVectors(step, average, 2);
      const [main, auxiliary] = [0, 1].map((level) => {
        const [own, target] = [gradients[level]!, targets[1 - level]!];
        const r = projectionFactor(step.gramian, own, target);
        return combination([1, -Math.min(r, 0)], [own, target]);
      });
      return { coefficients: combination([1, lambda ?? 1], [main!, auxiliary!]), remember };
    },
  };
}

export const pcgradDefinition: CombinerDefinition = {
  id: 'pcgrad',
  title: 'PCGrad',
  summary:
    'Removes from each gradient what conflicts with the others, one after the other, and adds them up.',
  paper: {
    title: 'Gradient Surgery for Multi-Task Learning',
    authors: 'Yu, Kumar, Gupta, Levine, Hausman, Finn',
    year: 2020,
    arxiv: '2001.06782',
  },
  version: 1,
  guarantees: ['linear-under-scaling', 'weighted'],
  options: schema,
  create: pcgrad,
};

function original(step: GramianStep, order: Order): number[] {
  const { gramian, rows } = step;
  const surgery = rows.map((_, own) => {
    const result = runningCombination(gramian, own);
    for (const other of othersInOrder(step, own, order)) {
      const product = result.products[other]!;
      // The product with a zero row is zero, so there is no division by zero.
      if (product < 0) result.add(-product / gramian.at(other, other), other);
    }
    return result.coefficients;
  });
  return combination(
    rows.map(() => 1),
    surgery,
  );
}
