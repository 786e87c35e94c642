import * as tf from '@tensorflow/tfjs-core';
import type { Forward } from '../forward/forward.ts';
import { squaredDistances } from '../rows/distances.ts';
import type { InnerProducts, Row } from '../rows/kernels.ts';
import { combinations, innerProducts, NonFiniteRow } from '../rows/rows.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { VariableGradients } from '../tape/tape.ts';
import { rowSums, weightedPass } from './backward.ts';
import { passesOfAll } from './example-passes.ts';
import type { GramPass, Passes } from './passes.ts';

/**
 * The passes with the gradients of one variable in memory at a time: one backward pass per gradient for
 * *gram*, and the same again for *map*.
 */
export function streamedGradients(forward: Forward, remembered: readonly Row[], variables: number): Passes {
  const all = () => everyVariable(forward, variables);
  return {
    gram: ({ distances }) => gram(forward, remembered, variables, distances),
    map(coefficients) {
      const sum = oneSum(coefficients, remembered, variables);
      if (sum) return [weightedPass(forward, sum)];
      const results: (tf.Tensor | null)[][] = coefficients(0).map(() => []);
      try {
        for (const part of all()) {
          const { variable, gradients } = part;
          const made = combinations(rowsOf(part, remembered), gradients.length, () => coefficients(variable));
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

/**
 * The coefficients if one weighted backward pass gives all that is wanted: the same combination of the
 * gradients for every variable. Otherwise null.
 */
function oneSum(
  coefficients: (variable: number) => readonly (readonly number[])[],
  remembered: readonly Row[],
  variables: number,
): readonly number[] | null {
  if (remembered.length > 0) return null;
  const [first] = coefficients(0);
  for (let variable = 1; variable < variables; variable++) {
    if (coefficients(variable)[0] !== first) return null;
  }
  return first!;
}

/** The gradients of every variable. Variables that no gradient reaches come last. */
function* everyVariable(forward: Forward, variables: number): Generator<VariableGradients> {
  const left = new Set(Array.from({ length: variables }, (_, variable) => variable));
  for (const part of forward.tape.stream(rowSums(forward))) {
    left.delete(part.variable);
    yield part;
  }
  for (const variable of left) yield { variable, gradients: forward.rows.map(() => null) };
}

/** One variable's part of all rows. */
function rowsOf({ variable, gradients }: VariableGradients, remembered: readonly Row[]): Row[] {
  return [...gradients, ...remembered.map((row) => row[variable]!)].map((tensor) => [tensor]);
}

async function gram(
  forward: Forward,
  remembered: readonly Row[],
  variables: number,
  wantsDistances: boolean,
): Promise<GramPass> {
  const { scalars } = await innerProducts([], forward.losses);
  const found = new Map<number, InnerProducts>();
  const distances: SymmetricMatrix[] = [];
  const reached = forward.rows.map(() => Array.from({ length: variables }, () => false));
  for (const part of everyVariable(forward, variables)) {
    const { variable, gradients } = part;
    for (const [row, gradient] of gradients.entries()) reached[row]![variable] = gradient !== null;
    try {
      const products = await innerProducts(rowsOf(part, remembered));
      found.set(variable, products);
      const column = gradients.map((gradient) => [gradient]);
      if (wantsDistances) distances[variable] = (await squaredDistances(column, products.byVariable))[0]!;
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
    examplePasses: passesOfAll(forward, reached, "gradients: 'streamed'"),
    byVariable: Array.from({ length: variables }, (_, v) => found.get(v)!.byVariable[0]!),
    precision: Math.max(...[...found.values()].map(({ precision }) => precision)),
  };
}
