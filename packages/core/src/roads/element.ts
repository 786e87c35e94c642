import * as tf from '@tensorflow/tfjs-core';
import type { ElementCombiner } from '../combiner.ts';
import { innerProducts } from '../rows.ts';
import { tidied } from '../tape.ts';
import { diagnose } from './diagnostics.ts';
import { addPrivate, backwardPasses, finite, named, type Road, type RoadOptions, sumOf } from './road.ts';

/** Methods that look at single elements: one backward pass per row, then the combiner on each variable's gradients. */
export function elementRoad({ combiner, variables, shared }: RoadOptions<ElementCombiner>): Road {
  const sizes = variables.map(({ size }) => size);
  return {
    async answer(forward) {
      const gradients = backwardPasses(forward);
      try {
        const isShared = shared(forward.rows, gradients);
        const products = await named(innerProducts(gradients, sizes, forward.losses), forward.rows);
        const losses = finite(products.scalars, forward.rows);
        const { memory: _, ...context } = forward.context(losses, undefined);
        const direction = tidied(() =>
          variables.map((variable, v) => {
            const column = gradients.map((row) => row[v] ?? null);
            if (!isShared[v] || column.every((tensor) => tensor === null)) return null;
            return tf.tidy(() => {
              const flat = column.map((tensor) =>
                tf.reshape(tensor ?? tf.zeros([variable.size]), [variable.size]),
              );
              const combined = combiner.combine({
                ...context,
                gradients: tf.stack(flat) as tf.Tensor2D,
                variable: variable.name,
              });
              if (!(combined instanceof tf.Tensor) || combined.size !== variable.size) {
                throw new Error(
                  `The combiner ${combiner.name} must answer with a tensor of ${variable.size} elements for ` +
                    `"${variable.name}", but answered with ${combined instanceof tf.Tensor ? `[${combined.shape}]` : String(combined)}.`,
                );
              }
              return tf.reshape(combined, variable.shape);
            });
          }),
        );
        addPrivate(direction, gradients, forward.rows, isShared);
        return {
          direction,
          losses,
          diagnostics: diagnose(
            forward,
            sumOf(
              gradients.length,
              products.byVariable.filter((_, v) => isShared[v]),
            ),
            [{ gramian: sumOf(gradients.length, products.byVariable), direction: null }],
            products.precision,
          ),
          groups: [],
          commit: () => {},
          discard: () => tf.dispose(direction as tf.Tensor[]),
        };
      } finally {
        tf.dispose(gradients as tf.Tensor[][]);
      }
    },
    state: () => ({ remembered: [], memory: [] }),
    restore: () => {},
    dispose: () => {},
  };
}
