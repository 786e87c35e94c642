import * as tf from '@tensorflow/tfjs-core';
import type { ExamplePassesAt } from '../direction/example-passes.ts';
import type { Passes } from '../direction/passes.ts';
import type { Forward } from '../forward/forward.ts';
import { squaredDistances } from '../rows/distances.ts';
import type { Row } from '../rows/kernels.ts';
import type { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { Recording } from '../tape/tape.ts';
import { tidied } from '../tidied.ts';
import { exampleGradients } from './backward.ts';
import { asRows, combined, tensorsOf } from './gradients.ts';
import { gramians } from './gramians.ts';
import type { Block } from './tables.ts';

/** The passes where losses have one element an example: gradients of single examples are formed only if need be. */
export function examplePasses(forward: Forward, remembered: readonly Row[], recording: Recording): Passes {
  const { rows } = forward;
  let blocks = blocksOf(forward, remembered, recording);
  const variables = [...blocks[0]!.gradients.keys()];
  const own = () => blocks.filter(({ first }) => first < rows.length);
  return {
    async gram(options) {
      const { byVariable, values, precision } = await gramians(blocks, forward.losses);
      return {
        scalars: values,
        byVariable,
        distances: options.distances ? await distances(own(), byVariable) : [],
        precision,
        reached: own().flatMap(({ count, gradients }) =>
          Array<boolean[]>(count).fill(gradients.map((one) => one !== null)),
        ),
        examplePasses: reasonsOf(blocks, forward),
      };
    },
    map: (coefficients) =>
      tidied(() => {
        const made = variables.map((v) => coefficients(v).map((list) => combinationOf(blocks, v, list)));
        return made[0]!.map((_, result) => made.map((row) => row[result]!));
      }),
    tellsExample: (row, variable) =>
      !blocks.find(({ first, count }) => row < first + count)!.separate.has(variable),
    *columns() {
      for (const variable of variables) yield { variable, gradients: formed(own(), variable) };
    },
    dispose: () => {
      for (const block of blocks) free(block);
      blocks = [];
    },
  };
}

function blocksOf(
  { rows, losses, weights, tape }: Forward,
  remembered: readonly Row[],
  recording: Recording,
): Block[] {
  const blocks: Block[] = [];
  const single = (first: number, compute: () => Row) =>
    blocks.push(
      tidied(() => {
        const row = compute();
        return {
          first,
          count: 1,
          gradients: row.map((tensor) => tensor && { rows: tf.reshape(tensor, [1, tensor.size]) }),
          shapes: row.map((tensor) => tensor?.shape ?? []),
          separate: new Map<number, string>(),
        };
      }),
    );
  try {
    let first = 0;
    for (const loss of losses) {
      const { size: count } = loss;
      const own = weights.slice(first, first + count);
      // A single example meets no other.
      if (rows[first]!.example !== undefined && count > 1)
        blocks.push({ first, count, ...exampleGradients(recording, loss, own) });
      else single(first, () => tape.backward([[loss, own]]));
      first += count;
    }
    for (const [a, row] of remembered.entries()) single(first + a, () => row);
    return blocks;
  } catch (error) {
    for (const block of blocks) free(block);
    throw error;
  }
}

function free({ gradients }: Block): void {
  for (const one of gradients) if (one) tf.dispose(tensorsOf(one));
}

/** Σ coefficient · row for one variable. Null for zeros. */
function combinationOf(
  blocks: readonly Block[],
  variable: number,
  coefficients: readonly number[],
): tf.Tensor | null {
  const terms = blocks.flatMap(({ first, count, gradients, shapes }) => {
    const own = coefficients.slice(first, first + count);
    const one = gradients[variable] ?? null;
    if (one === null || own.every((c) => c === 0)) return [];
    return [tf.reshape(combined(one, own), [...shapes[variable]!])];
  });
  return terms.length === 0 ? null : tf.addN(terms);
}

/** The gradients of one variable, formed. The caller owns them. */
function formed(blocks: readonly Block[], variable: number): (tf.Tensor | null)[] {
  return tidied(() =>
    blocks.flatMap(({ count, gradients, shapes }) => {
      const one = gradients[variable];
      if (!one) return Array<null>(count).fill(null);
      return tf.unstack(tf.reshape(asRows(one).rows, [count, ...shapes[variable]!]));
    }),
  );
}

/** Squared distances between the gradients, variable by variable. */
async function distances(
  blocks: readonly Block[],
  byVariable: readonly SymmetricMatrix[],
): Promise<readonly SymmetricMatrix[]> {
  const result: SymmetricMatrix[] = [];
  for (const [variable, gramian] of byVariable.entries()) {
    const rows = formed(blocks, variable);
    try {
      result.push(
        ...(await squaredDistances(
          rows.map((row) => [row]),
          [gramian],
        )),
      );
    } finally {
      tf.dispose(rows as tf.Tensor[]);
    }
  }
  return result;
}

/** The variables that took one pass per example, by objective and reason. */
function reasonsOf(blocks: readonly Block[], { rows }: Forward): readonly ExamplePassesAt[] {
  const found = new Map<string, { objective: string; because: string; variables: number[] }>();
  for (const { first, separate } of blocks) {
    for (const [variable, because] of separate) {
      const { objective } = rows[first]!;
      const key = JSON.stringify([objective, because]);
      const entry = found.get(key) ?? { objective, because, variables: [] };
      if (!entry.variables.includes(variable)) entry.variables.push(variable);
      found.set(key, entry);
    }
  }
  return [...found.values()];
}
