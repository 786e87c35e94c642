import * as tf from '@tensorflow/tfjs-core';
import type { Forward } from '../forward/forward.ts';
import { squaredDistances } from '../rows/distances.ts';
import type { Row } from '../rows/kernels.ts';
import { combinations, innerProducts } from '../rows/rows.ts';
import { backwardPasses } from './backward.ts';
import type { Passes } from './passes.ts';

/** The passes with all gradients in memory at once: one backward pass per gradient. */
export function keptGradients(forward: Forward, remembered: readonly Row[]): Passes {
  let gradients = backwardPasses(forward);
  return {
    async gram(options) {
      const products = await innerProducts([...gradients, ...remembered], forward.losses);
      const reached = gradients.map((row) => row.map((tensor) => tensor !== null));
      return {
        ...products,
        reached,
        examplePasses: [],
        distances: options.distances ? await squaredDistances(gradients, products.byVariable) : [],
      };
    },
    map(coefficients) {
      const rows = [...gradients, ...remembered];
      gradients = [];
      return combinations(rows, rows.length - remembered.length, coefficients);
    },
    *columns() {
      const rows = gradients;
      gradients = [];
      const [first = []] = rows;
      let given = 0;
      try {
        for (const variable of first.keys()) {
          given++;
          yield { variable, gradients: rows.map((row) => row[variable]!) };
        }
      } finally {
        // The gradients that nobody has asked for.
        tf.dispose(rows.map((row) => row.slice(given)) as tf.Tensor[][]);
      }
    },
    dispose: () => tf.dispose(gradients as tf.Tensor[][]),
  };
}
