import {
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GramianCombiner,
  lengthOf,
} from '@scalpel/core';
import * as v from 'valibot';
import { checkOrder, type Order, orderSchema, othersInOrder } from './parts/order.ts';
import { runningCombination } from './parts/running-combination.ts';

/*
 * Gradient Vaccine: PCGrad with a target cosine φ̂ᵢⱼ for each pair of gradients in the place of 0. The target
 * is the moving average of the cosines seen:
 *
 *   d = Σᵢ cᵢ,   cᵢ = gᵢ, and then for each j ≠ i in some order, with φ = cos(cᵢ, gⱼ):
 *     if φ < φ̂ᵢⱼ:  cᵢ ← cᵢ + ‖cᵢ‖ (φ̂ᵢⱼ √(1 − φ²) − φ √(1 − φ̂ᵢⱼ²)) / (‖gⱼ‖ √(1 − φ̂ᵢⱼ²)) gⱼ,   which makes cos(cᵢ, gⱼ) = φ̂ᵢⱼ
 *     φ̂ᵢⱼ ← (1 − β) φ̂ᵢⱼ + β φ
 *
 * Wang, Tsvetkov, Firat, Cao, "Gradient Vaccine: Investigating and Improving Multi-task Optimization in
 * Massively Multilingual Models", ICLR 2021, arXiv 2010.05874, eq. 2 and 3 and algorithm 1. With all φ̂ᵢⱼ =
 * 0, as by default in the first step, it is PCGrad.
 */

export interface GradvacOptions {
  /** The order in which each row meets the others. Default `random`. */
  readonly order?: Order;
  /** β, the weight of the newest cosine in the targets, in [0, 1]. Default 0.5. */
  readonly beta?: number;
  /** Every target before the first step, in [-1, 1). Default 0: the first step is that of PCGrad. */
  readonly initial?: number;
}

const schema = v.strictObject({
  order: v.optional(orderSchema, 'random'),
  beta: v.optional(v.pipe(finiteNumber, v.minValue(0), v.maxValue(1)), 0.5),
  initial: v.optional(v.pipe(finiteNumber, v.minValue(-1), v.ltValue(1)), 0),
});

const convention =
  'A pair with a zero gradient, or one of which nothing is left, is passed over, and its target stays. No finite correction reaches a target of 1: ' +
  'it is aimed at as nearly as the precision of the cosines allows. Each step sees the targets of the step before.';

/**
 * φ̂, by the name of the objective that is changed, then by the name of the objective it meets. Pairs that
 * have not met are missing.
 */
type Targets = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Gradient Vaccine. There is one target per pair of objectives. Targets of absent objectives stay. */
export function gradvac(options: GradvacOptions = {}): GramianCombiner<Targets> {
  const { order, beta, initial } = checkOptions('gradvac', schema, options);
  return {
    name: 'gradvac',
    needs: 'gramian',
    check: (setup) => checkOrder('gradvac', order, setup),
    init: () => ({}),
    combine(step) {
      const { gramian, rows, precision } = step;
      const targets = new Map(
        Object.entries(step.memory).map(([own, others]) => [own, new Map(Object.entries(others))]),
      );
      const vaccinated = rows.map(({ objective }, own) => {
        const result = runningCombination(gramian, own);
        const known = targets.get(objective) ?? new Map<string, number>();
        targets.set(objective, known);
        for (const other of othersInOrder(step, own, order)) {
          const length = lengthOf(step, result.coefficients, result.products);
          const otherLength = Math.sqrt(gramian.at(other, other));
          if (length === 0 || otherLength === 0) continue;
          const { objective: met } = rows[other]!;
          const target = known.get(met) ?? initial;
          const cosine = Math.min(1, Math.max(-1, result.products[other]! / length / otherLength));
          // If the cosine and its target are both at ±1, rounding would dominate the step.
          if (target - cosine > 10 * precision) {
            const wanted = target / Math.max(sine(target, precision), Math.sqrt(precision));
            result.add((length * (wanted * sine(cosine, precision) - cosine)) / otherLength, other);
          }
          known.set(met, (1 - beta) * target + beta * cosine);
        }
        return result.coefficients;
      });
      const memory = Object.fromEntries(
        [...targets].map(([own, others]) => [own, Object.fromEntries(others)]),
      );
      const ones = rows.map(() => 1);
      return { coefficients: combination(ones, vaccinated), memory };
    },
  };
}

export const gradvacDefinition: CombinerDefinition = {
  id: 'gradvac',
  title: 'Gradient Vaccine',
  summary: 'PCGrad with a moving average of the cosine of each pair of gradients as what they have to reach.',
  paper: {
    title:
      'Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual Models',
    authors: 'Wang, Tsvetkov, Firat, Cao',
    year: 2021,
    arxiv: '2010.05874',
  },
  version: 2,
  guarantees: ['linear-under-scaling', 'weighted'],
  convention,
  options: schema,
  create: gradvac,
};

/**
 * √(1 − cosine²), or 0 if the cosine differs from ±1 by rounding alone: the root would magnify that
 * difference.
 */
function sine(cosine: number, precision: number): number {
  const square = (1 - cosine) * (1 + cosine);
  return square > 10 * precision ? Math.sqrt(square) : 0;
}
