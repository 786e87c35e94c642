import * as tf from '@tensorflow/tfjs-core';
import type { ElementCombiner, ElementStep } from '../combiner.ts';
import { described } from '../described.ts';
import type { Forward } from '../forward/forward.ts';
import { asked, atOnce } from '../protocol/answers.ts';
import { fork } from '../random.ts';
import { combinations, innerProducts } from '../rows/rows.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { type Diagnostics, diagnose } from './diagnostics.ts';
import type { Answer, DirectionOptions } from './direction.ts';
import { finiteLosses, finiteRows } from './finite.ts';
import type { GramPass } from './passes.ts';
import { privateShares } from './private-shares.ts';

/** One backward pass per row, then the combiner on each variable's gradients. */
export async function elementAnswer(
  options: DirectionOptions<ElementCombiner>,
  forward: Forward,
): Promise<Answer> {
  const { combiner, variables, startPasses } = options;
  const passes = await startPasses(forward, [], variables.length);
  const direction: (tf.Tensor | null)[] = variables.map(() => null);
  const discard = () => tf.dispose(direction as tf.Tensor[]);
  try {
    const products = await finiteRows(passes.gram({ distances: false }), forward, variables);
    const losses = finiteLosses(forward, products.scalars);
    const { compared, combined } = options.roles(forward.rows, products.reached);
    const { memory: _, ...context } = forward.context(losses, undefined);
    const shares = privateShares(forward.rows);
    // Each variable has its own generator, because streamed variables come last to first.
    const generators = variables.map(() => fork(context.random));
    for (const { variable: v, gradients: column } of passes.columns()) {
      if (column.every((tensor) => tensor === null)) continue;
      direction[v] = combined[v]
        ? combinedBy(combiner, { ...context, random: generators[v]! }, variables[v]!, column)
        : summed(column, shares);
    }
    // This finds out if all of the direction is finite.
    await innerProducts([direction]);
    return {
      direction,
      losses,
      diagnostics: diagnosticsOf(forward, products, compared),
      groups: [],
      examplePasses: products.examplePasses,
      commit: () => {},
      discard,
    };
  } catch (error) {
    discard();
    throw error;
  } finally {
    passes.dispose();
  }
}

type Column = readonly (tf.Tensor | null)[];

/** The combiner's direction for one variable. Uses up the gradients. */
function combinedBy(
  combiner: ElementCombiner,
  context: ElementStep,
  { name, shape, size }: tf.Variable,
  column: Column,
): tf.Tensor {
  try {
    return tf.tidy(() => {
      const flat = column.map((tensor) => tf.reshape(tensor ?? tf.zeros([size]), [size]));
      const step = { ...context, gradients: tf.stack(flat) as tf.Tensor2D, variable: name };
      const given = asked(combiner, () => combiner.combine(step));
      const answer: unknown = atOnce(combiner, 'combine', given);
      if (answer instanceof tf.Tensor && answer.dtype === 'float32' && answer.size === size)
        return tf.reshape(answer, shape);
      throw new Error(
        `The combiner ${combiner.name} must answer with a float32 tensor of ${size} elements for ` +
          `"${name}", but answered with ${described(answer)}. Mend its combine().`,
      );
    });
  } finally {
    tf.dispose(column as tf.Tensor[]);
  }
}

/**
 * The combination of a variable's gradients if the combiner does not see the variable. Uses up the gradients.
 */
function summed(column: Column, shares: readonly number[]): tf.Tensor | null {
  const rows = column.map((tensor) => [tensor]);
  return combinations(rows, rows.length, () => [shares])[0]![0]!;
}

function diagnosticsOf(
  forward: Forward,
  { byVariable, precision }: GramPass,
  compared: readonly boolean[],
): Diagnostics {
  const count = forward.rows.length;
  const seen = byVariable.filter((_, v) => compared[v]);
  const all = { gramian: SymmetricMatrix.sum(count, byVariable), direction: null };
  return diagnose(forward, SymmetricMatrix.sum(count, seen), [all], precision);
}
