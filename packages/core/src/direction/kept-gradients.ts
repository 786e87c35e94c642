import * as tf from '@tensorflow/tfjs-core';
import { unit } from '../coefficients.ts';
import type { Forward } from '../forward/forward.ts';
import { squaredDistances } from '../rows/distances.ts';
import { HalfTensor } from '../rows/half-tensor.ts';
import type { Row, StoredRow } from '../rows/kernels.ts';
import { combinations, halved, innerProducts } from '../rows/rows.ts';
import { backwardPasses, rowSums } from './backward.ts';
import type { Passes } from './passes.ts';

/** The passes with all gradients in memory at once: one backward pass per gradient. */
export function keptGradients(forward: Forward, remembered: readonly Row[]): Passes {
  return passesOver(backwardPasses(forward), forward, remembered);
}

/** The same, with each gradient rounded to float16 as soon as it is there. */
export function halfGradients(forward: Forward, remembered: readonly Row[]): Passes {
  const rows: StoredRow[] = [];
  try {
    for (const sum of rowSums(forward)) rows.push(halved(forward.tape.backward(sum)));
  } catch (error) {
    tf.dispose(rows as tf.Tensor[][]);
    throw error;
  }
  return passesOver(rows, forward, remembered);
}

function passesOver(given: readonly StoredRow[], forward: Forward, remembered: readonly Row[]): Passes {
  let gradients = given;
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

/** The tensors in float32. Takes over those in float16. */
function restored(column: StoredRow): (tf.Tensor | null)[] {
  if (!column.some((tensor) => tensor instanceof HalfTensor)) return column as (tf.Tensor | null)[];
  const each = column.map((_, row) => unit(column.length, row));
  const rows = column.map((tensor) => [tensor]);
  return combinations(rows, rows.length, () => each).map(([tensor]) => tensor!);
}
