import * as tf from '@tensorflow/tfjs-core';
import { unit } from '../coefficients.ts';
import type { Forward } from '../forward/forward.ts';
import { loaded } from '../loaded.ts';
import { isHalf, type Row, type StoredRow } from '../rows/kernels.ts';
import { combinations, innerProducts } from '../rows/rows.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import { backwardPasses } from './backward.ts';
import type { Passes } from './passes.ts';

/** The passes with all gradients in memory at once: one backward pass per gradient. */
export function keptGradients(forward: Forward, remembered: readonly Row[]): Passes {
  return passesOver(backwardPasses(forward), forward, remembered);
}

/** The passes over these gradients, which are used up, and the remembered rows. */
export function passesOver(
  given: readonly StoredRow[],
  forward: Forward,
  remembered: readonly Row[],
): Passes {
  let gradients = given;
  return {
    async gram(options) {
      const products = await innerProducts([...gradients, ...remembered], forward.losses);
      const reached = gradients.map((row) => row.map((tensor) => tensor !== null));
      return {
        ...products,
        reached,
        examplePasses: [],
        distances: options.distances ? await distancesOf(gradients, products.byVariable) : [],
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
          yield { variable, gradients: restored(rows.map((row) => row[variable]!)) };
        }
      } finally {
        // The gradients that nobody has asked for.
        tf.dispose(rows.map((row) => row.slice(given)) as tf.Tensor[][]);
      }
    },
    dispose: () => tf.dispose(gradients as tf.Tensor[][]),
  };
}

async function distancesOf(
  gradients: readonly StoredRow[],
  byVariable: readonly SymmetricMatrix[],
): Promise<readonly SymmetricMatrix[]> {
  const { squaredDistances } = await loaded('distances between gradients', import('../rows/distances.ts'));
  return squaredDistances(gradients, byVariable);
}

/** The tensors in float32. Takes over those in float16. */
function restored(column: StoredRow): (tf.Tensor | null)[] {
  if (!column.some((tensor) => isHalf(tensor))) return column as (tf.Tensor | null)[];
  const each = column.map((_, row) => unit(column.length, row));
  const rows = column.map((tensor) => [tensor]);
  return combinations(rows, rows.length, () => each).map(([tensor]) => tensor!);
}
