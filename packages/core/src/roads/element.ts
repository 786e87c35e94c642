import * as tf from '@tensorflow/tfjs-core';
import type { ElementCombiner } from '../combiner.ts';
import { asked, atOnce } from '../combiner-answers.ts';
import { described } from '../described.ts';
import { fork } from '../random.ts';
import { combinations, innerProducts } from '../rows/rows.ts';
import { diagnose } from './diagnostics.ts';
import { passesOf } from './passes.ts';
import { finite, named, privateShares, type Road, type RoadOptions, sumOf } from './road.ts';

/** Methods that look at single elements: one backward pass per row, then the combiner on each variable's gradients. */
export function elementRoad({ combiner, variables, shared, gradients }: RoadOptions<ElementCombiner>): Road {
  return {
    async answer(forward) {
      const passes = passesOf(gradients, forward, [], variables.length);
      const direction: (tf.Tensor | null)[] = variables.map(() => null);
      try {
        const { scalars, byVariable, precision, reached } = await named(
          passes.gram({ distances: false }),
          forward.rows,
        );
        const losses = finite(scalars, forward.rows);
        const isShared = shared(forward.rows, reached);
        const { memory: _, ...context } = forward.context(losses, undefined);
        const shares = privateShares(forward.rows);
        // Each variable has its own, because those that are streamed come last to first.
        const generators = variables.map(() => fork(context.random));
        for (const { variable: v, gradients: column } of passes.columns()) {
          if (column.every((tensor) => tensor === null)) continue;
          if (!isShared[v]) {
            const rows = column.map((tensor) => [tensor]);
            direction[v] = combinations(rows, rows.length, () => [shares])[0]![0]!;
            continue;
          }
          const { name: variable, shape, size } = variables[v]!;
          try {
            direction[v] = tf.tidy(() => {
              const flat = column.map((tensor) => tf.reshape(tensor ?? tf.zeros([size]), [size]));
              const stacked = tf.stack(flat) as tf.Tensor2D;
              const step = { ...context, random: generators[v]!, gradients: stacked, variable };
              const combined: unknown = atOnce(
                combiner,
                'combine',
                asked(combiner, () => combiner.combine(step)),
              );
              if (
                !(combined instanceof tf.Tensor && combined.dtype === 'float32' && combined.size === size)
              ) {
                throw new Error(
                  `The combiner ${combiner.name} must answer with a float32 tensor of ${size} elements for ` +
                    `"${variable}", but answered with ${described(combined)}. Mend its combine().`,
                );
              }
              return tf.reshape(combined, shape);
            });
          } finally {
            tf.dispose(column as tf.Tensor[]);
          }
        }
        // Whether all of it is finite.
        await innerProducts([direction]);
        const count = forward.rows.length;
        const seen = byVariable.filter((_, v) => isShared[v]);
        return {
          direction,
          losses,
          diagnostics: diagnose(
            forward,
            sumOf(count, seen),
            [{ gramian: sumOf(count, byVariable), direction: null }],
            precision,
          ),
          groups: [],
          commit: () => {},
          discard: () => tf.dispose(direction as tf.Tensor[]),
        };
      } catch (error) {
        tf.dispose(direction as tf.Tensor[]);
        throw error;
      } finally {
        passes.dispose();
      }
    },
    state: () => ({ remembered: [], memory: [] }),
    restore: () => {},
    dispose: () => {},
  };
}
