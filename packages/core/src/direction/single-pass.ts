import * as tf from '@tensorflow/tfjs-core';
import type { ConstantCombiner, GradientRow, LossCombiner, Setup } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import { answerOf, asked, atOnce, checkedWeights, memoryAfter } from '../protocol/answers.ts';
import { initialOf } from '../protocol/declared.ts';
import { innerProducts } from '../rows/rows.ts';
import { weightedPass } from './backward.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { finiteLosses } from './finite.ts';
import { checkFinite } from './finite-direction.ts';

type WeightCombiner = ConstantCombiner | LossCombiner;

/** The computation for fixed weights and for weights from losses: one backward pass of the weighted loss. */
export function singlePassDirection(options: DirectionOptions<WeightCombiner>): DirectionComputation {
  const { combiner, setup } = options;
  let memory = initialOf(combiner, setup);
  return {
    async answer(forward) {
      const answer = await askForWeights(combiner, setup, forward, memory);
      let next = answer.memory;
      const direction = weightedPass(forward, answer.weights);
      const losses = await checkFinite(options, forward, direction, answer.losses);
      return {
        direction,
        losses,
        diagnostics: null,
        examplePasses: [],
        groups: [
          { coefficients: answer.weights.map((c, index) => c * forward.weights[index]!), certificate: null },
        ],
        after:
          combiner.needs === 'losses' && combiner.after
            ? (after) => {
                next = memoryAfter(combiner, forward.context(after, next));
              }
            : undefined,
        commit: () => {
          memory = next;
        },
        discard: () => tf.dispose(direction as tf.Tensor[]),
      };
    },
    firstSums: (rows) =>
      rows.length > 0 && combiner.needs === 'nothing' ? [constantWeights(combiner, rows, setup)] : [],
    state: () => ({ remembered: [], memory: [memory] }),
    restore: (state) => {
      memory = state.memory[0];
    },
    dispose: () => {},
  };
}

interface WeightAnswer {
  readonly weights: readonly number[];
  readonly memory: unknown;
  /** Null if nobody has read them. */
  readonly losses: readonly number[] | null;
}

async function askForWeights(
  combiner: WeightCombiner,
  setup: Setup,
  forward: Forward,
  memory: unknown,
): Promise<WeightAnswer> {
  const { rows } = forward;
  if (combiner.needs === 'nothing') {
    return { weights: constantWeights(combiner, rows, setup), memory, losses: null };
  }
  const losses = finiteLosses(forward, (await innerProducts([], forward.losses)).scalars);
  const given = asked(combiner, () => combiner.combine(forward.context(losses, memory)));
  const answer = answerOf(combiner, 'weights', given);
  const weights = checkedWeights(combiner, answer.weights, rows.length);
  return { weights, memory: answer.memory ?? memory, losses };
}

function constantWeights(
  combiner: ConstantCombiner,
  rows: readonly GradientRow[],
  setup: Setup,
): readonly number[] {
  const given = asked(combiner, () => combiner.weights(rows, setup));
  return checkedWeights(combiner, atOnce(combiner, 'weights', given), rows.length);
}
