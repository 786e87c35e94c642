import {
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GramianCombiner,
  type GramianStep,
  levelGradients,
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
 * faster than g₀ does. With an average, e is the moving average of g₀. This is the paper's method with the
 * barrier ‖g₀‖² / λ, scaled by λ, as in arXiv 2402.02998.
 *
 * With `barrier` it is the method as first published,
 *
 *   d = g₁ + max((φ − ⟨g₁, g₀⟩) / ‖g₀‖², 0) g₀,   φ = min(α (L₀ − L̂), β ‖g₀‖²),
 *
 * where L₀ is the main loss and L̂ is no larger than any value of it. So ⟨d, g₀⟩ >= φ: the main loss falls at
 * least at this rate, and it need not fall where it is L̂.
 *
 * Gong, Liu, Liu, "Bi-objective trade-off with dynamic barrier gradient descent", NeurIPS 2021.
 */

export interface DynamicBarrierOptions {
  /** λ, the strength of the second level, >= 0. Default 1. Not with `barrier`. */
  readonly lambda?: number;
  /**
   * Projects on the moving average of the main gradient. Default: on this batch's gradient. Not with
   * `barrier`.
   */
  readonly average?: AverageOptions;
  /** Selects the method as first published, with this barrier. */
  readonly barrier?: BarrierOptions;
}

export interface BarrierOptions {
  /** α, the rate at which the main loss falls per unit of its distance from `lowest`, >= 0. Default 1. */
  readonly alpha?: number;
  /** β, the largest rate, per squared length of the main gradient, >= 0. Default 1. */
  readonly beta?: number;
  /** L̂, a lower bound of the main loss: of the sum of the first level's weighted losses. Default 0. */
  readonly lowest?: number;
}

const barrierSchema = v.strictObject({
  alpha: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1),
  beta: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1),
  lowest: v.optional(finiteNumber, 0),
});

const schema = v.pipe(
  v.strictObject({
    lambda: v.optional(v.pipe(finiteNumber, v.minValue(0))),
    average: v.optional(averageSchema),
    barrier: v.optional(barrierSchema),
  }),
  v.forward(
    v.check(
      ({ lambda, average, barrier }) => barrier === undefined || (lambda ?? average) === undefined,
      'There is no barrier with lambda or average: it is for the method as first published. Leave it out',
    ),
    ['barrier'],
  ),
);

/**
 * Dynamic barrier on exactly two levels, of any number of rows. If the main gradient, or its average, is
 * zero, nothing is projected. An absent level contributes nothing, and its average stays. With `barrier`, the
 * main loss must not be below `lowest`.
 */
export function dynamicBarrier(options: DynamicBarrierOptions = {}): GramianCombiner {
  const { lambda = 1, average, barrier } = checkOptions('dynamic-barrier', schema, options);
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
      if (barrier) return { coefficients: asPublished(step, barrier) };
      const { gradients, targets, remember } = levelVectors(step, average, 1);
      const [main, auxiliary, target] = [gradients[0]!, gradients[1]!, targets[0]!];
      const r = projectionFactor(step.gramian, auxiliary, target);
      const coefficients = combination([1, lambda, -Math.min(lambda * r, 1)], [main, auxiliary, target]);
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
  convention:
    'Without barrier, lambda is 1 by default. Where the main gradient is zero, d is the auxiliary one, times lambda.',
  options: schema,
  create: dynamicBarrier,
};

function asPublished(
  step: GramianStep,
  { alpha, beta, lowest }: Required<BarrierOptions>,
): readonly number[] {
  const { gramian, rows, losses, unit = 1 } = step;
  const [main, auxiliary] = levelGradients(step) as readonly [number[], number[]];
  const square = gramian.inner(main, main);
  if (!(square > 0)) return auxiliary;
  const loss = losses.reduce((sum, own, row) => (rows[row]!.level === 0 ? sum + own : sum), 0);
  if (loss < lowest) {
    throw new Error(
      `dynamic-barrier: the main loss is ${loss}, below barrier.lowest, which is ${lowest}. Give a number that it never falls below.`,
    );
  }
  // φ / ‖g₀‖², in an order in which nothing overflows that need not.
  const rate = Math.min((alpha * (loss - lowest)) / square / unit / unit, beta);
  const share = Math.max(rate - projectionFactor(gramian, auxiliary, main), 0);
  return combination([1, share], [auxiliary, main]);
}
