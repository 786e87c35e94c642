import {
  type CombinerDefinition,
  checkOptions,
  finiteNumber,
  type LossCombiner,
  type StepContext,
  wholeNumber,
} from '@scalpel/core';
import * as v from 'valibot';
import { type ByObjective, ofEach, remembering } from './parts/by-objective.ts';
import { checkPerObjective, numbersOf, type PerObjective, perObjective } from './parts/per-objective.ts';
import { checkPositiveLosses } from './parts/positive-losses.ts';
import { powerAbove } from './parts/powers.ts';
import { checkPreference, type Preference, preferenceOf, preferenceSchema } from './parts/preference.ts';
import { softmax } from './parts/softmax.ts';
import { added } from './parts/sums-of-losses.ts';

/*
 * STCH, smooth Tchebycheff scalarisation: a smooth form of the largest weighted distance from an ideal point
 * z,
 *
 *   minimises  μ log Σ exp(pᵢ (Lᵢ − zᵢ) / μ),   so the weights are pᵢ softmax(p (L − z) / μ)ᵢ.
 *
 * There is another form for networks, where losses differ in scale. It minimises Σ log Lᵢ until the end of
 * the warm-up epoch e. Let nᵢ be the mean losses of that epoch; they take the place of the nadir. From then
 * on it
 *
 *   minimises  K μ log Σ exp(log(Lᵢ / nᵢ) / μ),   so the weights are K softmax(log(L / n) / μ)ᵢ / Lᵢ.
 *
 * Lin, Zhang, Yang, Liu, Wang, Zhang, "Smooth Tchebycheff Scalarization for Multi-Objective Optimization",
 * ICML 2024, arXiv 2402.19078, eq. 12 and its experiments.
 */

export interface StchOptions {
  /** μ, > 0. A smaller μ gives more of the weight to the largest term. Default 1. */
  readonly mu?: number;
  /** p, >= 0, one number per objective in their order. Default 1/K for each of the K present. */
  readonly preference?: Preference;
  /** z, losses that cannot be reached: one number for all, or one per objective in their order. Default 0. */
  readonly ideal?: PerObjective;
  /**
   * e, the number of the warm-up epoch, from 0. Later losses are divided by the mean losses of this epoch.
   * Selects the form for networks, which has no preference and no ideal.
   */
  readonly warmup?: number;
}

const schema = v.pipe(
  v.strictObject({
    mu: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 1),
    preference: v.optional(preferenceSchema),
    ideal: v.optional(perObjective),
    warmup: v.optional(wholeNumber(0)),
  }),
  v.forward(
    v.check(
      ({ preference, ideal, warmup }) => warmup === undefined || (preference ?? ideal) === undefined,
      'With warmup the losses are compared with those of that epoch. Leave out preference and ideal',
    ),
    ['warmup'],
  ),
);

const convention =
  'With warmup, an objective that was absent in that epoch is compared with its first loss after it, and K counts the objectives present.';

/** The sum and the number of the losses that give the nadir of each objective. */
type StchMemory = ByObjective<{ readonly sum: number; readonly count: number }>;

/**
 * STCH. A trainer counts epochs only if it has `stepsPerEpoch`. With `warmup`, it throws unless all losses
 * are > 0.
 */
export function stch(options: StchOptions = {}): LossCombiner<StchMemory> {
  const { mu, preference, ideal = 0, warmup } = checkOptions('stch', schema, options);
  return {
    name: 'stch',
    needs: 'losses',
    check: (setup) => {
      checkPreference('stch', preference, setup);
      checkPerObjective('stch', 'ideal', ideal, setup);
    },
    init: (setup) => ofEach(setup, { sum: 0, count: 0 }),
    combine(step) {
      if (warmup !== undefined) return relative(step, mu, warmup);
      const preferred = preferenceOf(preference, step);
      const least = numbersOf(ideal, step);
      const units = [powerAbove(preferred), powerAbove([...step.losses, ...least])] as const;
      const heights = step.losses.map((loss, row) => loss / units[1] - least[row]! / units[1]);
      const shares = softmax(
        heights.map((height, row) => (preferred[row]! / units[0]) * height),
        mu / units[0] / units[1],
      );
      return { weights: shares.map((share, row) => preferred[row]! * share) };
    },
  };
}

export const stchDefinition: CombinerDefinition = {
  id: 'stch',
  title: 'STCH',
  summary: 'The gradient of a smooth form of the largest loss.',
  paper: {
    title: 'Smooth Tchebycheff Scalarization for Multi-Objective Optimization',
    authors: 'Lin, Zhang, Yang, Liu, Wang, Zhang',
    year: 2024,
    arxiv: '2402.19078',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention,
  options: schema,
  create: stch,
};

function relative(step: StepContext<StchMemory>, mu: number, warmup: number) {
  checkPositiveLosses('stch', step);
  const { rows, losses, epoch, memory } = step;
  if (epoch < warmup) return { weights: losses.map((loss) => 1 / loss) };
  const nadirs = rows.map(({ objective }, row) => {
    const { sum, count } = memory[objective]!;
    return epoch === warmup || count === 0
      ? { sum: added('stch', objective, sum, losses[row]!), count: count + 1 }
      : { sum, count };
  });
  const next = remembering(memory, rows, nadirs);
  if (epoch === warmup) return { weights: losses.map((loss) => 1 / loss), memory: next };
  const shares = softmax(
    nadirs.map(({ sum, count }, row) => Math.log(losses[row]!) - Math.log(sum / count)),
    mu,
  );
  return { weights: shares.map((share, row) => (shares.length * share) / losses[row]!), memory: next };
}
