import {
  type CombinerDefinition,
  checkOptions,
  finiteNumber,
  type GramianCombiner,
  type GramianStep,
  padded,
} from '@scalpel/core';
import * as v from 'valibot';
import { type ByObjective, ofEach, remembering } from './parts/by-objective.ts';
import { meanOf } from './parts/mean-of.ts';

/*
 * GradNorm: d = Σ wᵢ gᵢ, with trained weights. Training makes the lengths wᵢ ‖gᵢ‖ more equal, and gives
 * longer ones to objectives that have improved less. The weights take one step of gradient descent on
 *
 *   Σᵢ | wᵢ ‖gᵢ‖ − Ḡ rᵢ^α |,   Ḡ = meanⱼ wⱼ ‖gⱼ‖,   rᵢ = (Lᵢ / Lᵢ(0)) / meanⱼ (Lⱼ / Lⱼ(0)),   Ḡ rᵢ^α held constant,
 *
 * whose derivative by wᵢ is ‖gᵢ‖ sign(wᵢ ‖gᵢ‖ − Ḡ rᵢ^α). Then all wᵢ are scaled to add up to K. The direction
 * uses the weights from before the step.
 *
 * Chen, Badrinarayanan, Lee, Rabinovich, "GradNorm: Gradient Normalization for Adaptive Loss Balancing in
 * Deep Multitask Networks", ICML 2018, arXiv 1711.02257, eq. 1 and 2 and algorithm 1.
 */

export interface GradnormOptions {
  /** α, >= 0. A larger α gives more help to objectives that improve less. Default 1.5. */
  readonly alpha?: number;
  /** Learning rate of the weights, per unit of gradient length, >= 0. Default 0.025. */
  readonly rate?: number;
}

const schema = v.strictObject({
  alpha: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1.5),
  rate: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0.025),
});

const convention =
  'Lᵢ(0) is the first loss seen of an objective. A weight that a step takes below 0 becomes 0; where all do, or no row is left to tell, they stay. ' +
  'Weights of absent objectives stay, and the others keep their sum. Where all losses are 0, all rᵢ are 1.';

interface GradnormMemory {
  readonly weights: ByObjective<number>;
  /** The first loss of each objective. It is 0 until the objective has been present. */
  readonly initial: ByObjective<number>;
}

/** GradNorm. Throws unless all losses are >= 0 and the first ones are > 0. */
export function gradnorm(options: GradnormOptions = {}): GramianCombiner<GradnormMemory> {
  const { alpha, rate } = checkOptions('gradnorm', schema, options);
  return {
    name: 'gradnorm',
    needs: 'gramian',
    init: (setup) => ({ weights: ofEach(setup, 1), initial: ofEach(setup, 0) }),
    combine(step) {
      const { gramian, rows, memory, precision, unit = 1 } = step;
      const weights = rows.map(({ objective }) => memory.weights[objective]!);
      const initial = initialLosses(step);
      const progress = step.losses.map((loss, row) => Math.min(MOST, loss / initial[row]!));
      const lengths = rows.map((_, row) => Math.sqrt(gramian.at(row, row)) * unit);
      const average = meanOf(weights.map((weight, row) => weight * lengths[row]!));
      const trained = weights.map((weight, row) => {
        const wanted = average * relative(progress, row) ** alpha;
        const slope = lengths[row]! * signOf(weight * lengths[row]!, wanted, precision);
        return Math.max(0, weight - rate * slope);
      });
      const [before, after] = [meanOf(weights), meanOf(trained)];
      const next = after > 0 ? trained.map((weight) => (weight / after) * before) : weights;
      return {
        coefficients: padded(weights, gramian.size),
        memory: {
          weights: remembering(memory.weights, rows, next),
          initial: remembering(memory.initial, rows, initial),
        },
      };
    },
  };
}

export const gradnormDefinition: CombinerDefinition = {
  id: 'gradnorm',
  title: 'GradNorm',
  summary: 'Trains weights that bring the gradients to one length, longer for objectives that improve less.',
  paper: {
    title: 'GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks',
    authors: 'Chen, Badrinarayanan, Lee, Rabinovich',
    year: 2018,
    arxiv: '1711.02257',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention,
  options: schema,
  create: gradnorm,
};

/** An upper limit for a quotient of losses, so that the mean of all quotients is finite. */
const MOST = 2 ** 900;

/** The first loss of each objective present. For a new objective it is the loss of this step. */
function initialLosses({ rows, losses, memory }: GramianStep<GradnormMemory>): number[] {
  return rows.map(({ objective }, row) => {
    const loss = losses[row]!;
    const initial = memory.initial[objective]!;
    if (initial === 0 ? loss > 0 : loss >= 0) return initial || loss;
    throw new Error(
      `gradnorm: the ${initial === 0 ? 'first loss' : 'loss'} of "${objective}" is ${loss}, but it compares losses with the first ones: ` +
        'those must be > 0, and later ones >= 0. Add a constant to the loss, or use a method that looks at gradients alone.',
    );
  });
}

/** Entry `row` divided by the mean of all entries. */
function relative(values: readonly number[], row: number): number {
  const average = meanOf(values);
  return average > 0 ? values[row]! / average : 1;
}

/** The sign of own − wanted. It is 0 if they are equal up to rounding, so that rounding moves no weight. */
function signOf(own: number, wanted: number, precision: number): number {
  const slack = 1 + 100 * precision;
  if (own > wanted * slack) return 1;
  return own * slack < wanted ? -1 : 0;
}
