import {
  type CombinerDefinition,
  checkOptions,
  finiteNumber,
  type LossCombiner,
  normal,
} from '@scalpel/core';
import * as v from 'valibot';
import { perpendicular } from './parts/perpendicular.ts';
import { normalized, powerAbove } from './parts/powers.ts';
import { checkPreference, type Preference, preferenceOf, preferenceSchema } from './parts/preference.ts';
import { softmax } from './parts/softmax.ts';

/*
 * COSMOS: linear scalarisation with a term that pulls the losses towards proportion with a preference r,
 *
 *   minimises  Σ rᵢ Lᵢ − λ cos(r, L),   so the weights are rᵢ − λ (rᵢ / ‖r‖ − cos(r, L) Lᵢ / ‖L‖) / ‖L‖.
 *
 * Ruchte and Grabocka, "Scalable Pareto Front Approximation for Deep Multi-Objective Learning", ICDM 2021,
 * arXiv 2103.13392, eq. 6. In the paper, r is drawn from a Dirichlet distribution each step and is an input
 * of the model, so that the model learns the whole front.
 */

export interface CosmosOptions {
  /** r, >= 0, one number per objective in their order. Default 1/K for each of the K present. */
  readonly preference?: Preference;
  /**
   * The parameter of a symmetric Dirichlet distribution, > 0. If given, r is drawn from it each step, and
   * there is no fixed preference. The model does not receive r.
   */
  readonly concentration?: number;
  /** λ, the strength of the pull, >= 0. Default 1. */
  readonly lambda?: number;
}

const schema = v.pipe(
  v.strictObject({
    preference: v.optional(preferenceSchema),
    concentration: v.optional(v.pipe(finiteNumber, v.gtValue(0))),
    lambda: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1),
  }),
  v.forward(
    v.check(
      ({ preference, concentration }) => (preference && concentration) === undefined,
      'The preference is either given or drawn. Leave one of them out',
    ),
    ['concentration'],
  ),
);

/**
 * COSMOS. Weights may be negative. If all losses or all preferences are zero, there is no angle, and the
 * weights are r.
 */
export function cosmos(options: CosmosOptions = {}): LossCombiner {
  const { preference, concentration, lambda } = checkOptions('cosmos', schema, options);
  return {
    name: 'cosmos',
    needs: 'losses',
    check: (setup) => checkPreference('cosmos', preference, setup),
    combine(step) {
      const { losses, random } = step;
      const r =
        concentration === undefined
          ? preferenceOf(preference, step)
          : dirichlet(losses.length, concentration, random);
      const [ray, direction] = [normalized(r), normalized(losses)];
      if ([ray, direction].some((vector) => vector.every((x) => x === 0))) return { weights: r };
      const unit = powerAbove(losses);
      const length = Math.hypot(...losses.map((loss) => loss / unit));
      const pull = perpendicular(ray, direction);
      return { weights: r.map((x, row) => x - (lambda * pull[row]!) / length / unit) };
    },
  };
}

export const cosmosDefinition: CombinerDefinition = {
  id: 'cosmos',
  title: 'COSMOS',
  summary: 'The losses weighted by a preference, and drawn to be in proportion to it.',
  paper: {
    title: 'Scalable Pareto Front Approximation for Deep Multi-Objective Learning',
    authors: 'Ruchte, Grabocka',
    year: 2021,
    arxiv: '2103.13392',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention: 'Where all losses are zero there is no angle, and the weights are the preference.',
  options: schema,
  create: cosmos,
};

/**
 * A point of the simplex: gamma variates divided by their sum. It is computed with logarithms, because the
 * variates underflow if the parameter is small.
 */
function dirichlet(count: number, parameter: number, random: () => number): number[] {
  return softmax(Array.from({ length: count }, () => logGamma(parameter, random)));
}

/**
 * The logarithm of a gamma variate: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables",
 * ACM Trans. Math. Softw. 26, 2000.
 */
function logGamma(shape: number, random: () => number): number {
  if (shape < 1) return logGamma(shape + 1, random) + Math.log(1 - random()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const x = normal(random);
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random()) < x ** 2 / 2 + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}
