import * as tf from '@tensorflow/tfjs-core';
import type { Forward } from '../forward.ts';
import { squaredDistances } from '../rows/distances.ts';
import type { InnerProducts, Row } from '../rows/kernels.ts';
import { combinations, innerProducts, NonFiniteRow } from '../rows/rows.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { VariableGradients } from '../tape.ts';
import { backwardPasses } from './road.ts';

/** How gradients are held: all of them, or one variable's at a time. */
export function passesOf(
  gradients: 'kept' | 'streamed',
  forward: Forward,
  remembered: readonly Row[],
  variables: number,
): Passes {
  return gradients === 'kept' ? kept(forward, remembered) : streamed(forward, remembered, variables);
}

/** The gradients of a step and the remembered rows, to be looked at twice: *gram*, then *map*. */
export interface Passes {
  /** Of the gradients, then the remembered rows. */
  gram(options: { readonly distances: boolean }): Promise<GramPass>;
  /** Combinations of the same rows, one list of coefficients per result. The gradients are used up. */
  map(coefficients: (variable: number) => readonly (readonly number[])[]): (tf.Tensor | null)[][];
  /** Instead of `map`: the gradients of each variable, which belong to whoever is given them. */
  columns(): Iterable<VariableGradients>;
  /** Frees the gradients that were not used up. */
  dispose(): void;
}

export interface GramPass extends InnerProducts {
  /** Which variables each gradient reaches. */
  readonly reached: readonly (readonly boolean[])[];
  /** Squared distances between the gradients, variable by variable; none unless asked for. */
  readonly distances: readonly SymmetricMatrix[];
}

/** All gradients are in memory at once: one backward pass each. */
function kept(forward: Forward, remembered: readonly Row[]): Passes {
  let gradients = backwardPasses(forward);
  return {
    async gram(options) {
      const products = await innerProducts([...gradients, ...remembered], forward.losses);
      return {
        ...products,
        reached: gradients.map((row) => row.map((tensor) => tensor !== null)),
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
        // Those that nobody has asked for.
        tf.dispose(rows.map((row) => row.slice(given)) as tf.Tensor[][]);
      }
    },
    dispose: () => tf.dispose(gradients as tf.Tensor[][]),
  };
}

/** The gradients of one variable are in memory at a time: one backward pass each for *gram*, and the same once more for *map*. */
function streamed(forward: Forward, remembered: readonly Row[], variables: number): Passes {
  const { losses, weights, tape } = forward;
  const stream = () => tape.stream(losses.map((loss, index) => [[loss, weights[index]!]]));
  const partOf = ({ variable, gradients }: VariableGradients): Row[] =>
    [...gradients, ...remembered.map((row) => row[variable]!)].map((tensor) => [tensor]);

  /** Every variable, those last that no gradient reaches. */
  function* all(): Generator<VariableGradients> {
    const left = new Set(Array.from({ length: variables }, (_, variable) => variable));
    for (const part of stream()) {
      left.delete(part.variable);
      yield part;
    }
    for (const variable of left) yield { variable, gradients: losses.map(() => null) };
  }

  return {
    async gram(options) {
      const { scalars } = await innerProducts([], losses);
      const found = new Map<number, InnerProducts>();
      const distances: SymmetricMatrix[] = [];
      const reached = losses.map(() => Array.from({ length: variables }, () => false));
      for (const part of all()) {
        const { variable, gradients } = part;
        for (const [row, gradient] of gradients.entries()) reached[row]![variable] = gradient !== null;
        try {
          const products = await innerProducts(partOf(part));
          found.set(variable, products);
          const column = gradients.map((gradient) => [gradient]);
          if (options.distances)
            distances[variable] = (await squaredDistances(column, products.byVariable))[0]!;
        } catch (error) {
          throw error instanceof NonFiniteRow ? new NonFiniteRow(error.row, variable, scalars) : error;
        } finally {
          tf.dispose(gradients as tf.Tensor[]);
        }
      }
      return {
        scalars,
        reached,
        distances,
        byVariable: Array.from({ length: variables }, (_, v) => found.get(v)!.byVariable[0]!),
        precision: Math.max(...[...found.values()].map(({ precision }) => precision)),
      };
    },
    map(coefficients) {
      const results: (tf.Tensor | null)[][] = coefficients(0).map(() => []);
      try {
        for (const part of all()) {
          const { variable, gradients } = part;
          const made = combinations(partOf(part), gradients.length, () => coefficients(variable));
          for (const [result, row] of results.entries()) row[variable] = made[result]![0]!;
        }
      } catch (error) {
        tf.dispose(results as tf.Tensor[][]);
        throw error;
      }
      return results;
    },
    columns: all,
    dispose: () => {},
  };
}
