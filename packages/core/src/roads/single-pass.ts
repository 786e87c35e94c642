import * as tf from '@tensorflow/tfjs-core';
import type { ConstantCombiner, LossCombiner } from '../combiner.ts';
import { answerOf, asked, atOnce, checkedWeights, initialOf, memoryAfter } from '../combiner-answers.ts';
import { innerProducts, NonFiniteRow } from '../rows/rows.ts';
import { diagnoseAnew } from './diagnostics.ts';
import { finite, type Road, type RoadOptions, weightedPass } from './road.ts';

/** Fixed weights and weights from losses: one backward pass of the weighted loss. */
export function singlePassRoad({
  combiner,
  setup,
  variables,
  shared,
}: RoadOptions<ConstantCombiner | LossCombiner>): Road {
  let memory = initialOf(combiner, setup);
  return {
    async answer(forward) {
      const { rows, losses, weights } = forward;
      let values: readonly number[] = [];
      let next = memory;
      let inner: readonly number[];
      if (combiner.needs === 'nothing') {
        const answer = atOnce(
          combiner,
          'weights',
          asked(combiner, () => combiner.weights(rows, setup)),
        );
        inner = checkedWeights(combiner, answer, rows.length);
      } else {
        values = finite((await innerProducts([], losses)).scalars, rows);
        const answer = answerOf(
          combiner,
          'weights',
          asked(combiner, () => combiner.combine(forward.context(values, memory))),
        );
        inner = checkedWeights(combiner, answer.weights, rows.length);
        next = answer.memory ?? memory;
      }
      const direction = weightedPass(forward, inner);
      try {
        // The direction's length tells whether all of it is finite; the losses travel along if nobody has read them.
        const scalars = values.length === 0 ? losses : [];
        const products = await innerProducts([direction], scalars);
        if (values.length === 0) values = finite(products.scalars, rows);
      } catch (error) {
        tf.dispose(direction as tf.Tensor[]);
        if (error instanceof NonFiniteRow) {
          finite(error.scalars, rows);
          // Which objective's gradient is to blame shows in the passes for each.
          await diagnoseAnew(
            forward,
            { shared },
            variables.map(() => null),
          );
        }
        throw error;
      }
      return {
        direction,
        losses: values,
        diagnostics: null,
        groups: [{ coefficients: inner.map((c, index) => c * weights[index]!), certificate: null }],
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
    state: () => ({ remembered: [], memory: [memory] }),
    restore: (state) => {
      memory = state.memory[0];
    },
    dispose: () => {},
  };
}
