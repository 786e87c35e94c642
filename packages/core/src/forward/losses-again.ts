import * as tf from '@tensorflow/tfjs-core';
import type { Setup } from '../combiner.ts';
import type { Objective } from '../objective.ts';
import { innerProducts } from '../rows/rows.ts';
import { tidied } from '../tidied.ts';
import { evaluate } from './evaluate.ts';
import type { Forward } from './forward.ts';

/** Evaluates the losses of the rows again, on the same batches. */
export async function lossesAgain<Batch>(
  objectives: readonly Objective<Batch>[],
  batches: readonly Batch[],
  setup: Setup,
  { rows, unreached }: Pick<Forward, 'rows' | 'unreached'>,
): Promise<readonly number[]> {
  let losses: readonly tf.Scalar[] = [];
  try {
    const all = tidied(() => evaluate(objectives, batches).map(({ loss }) => loss));
    losses = all.filter((loss) => loss !== null);
    const now = setup.rows.filter((_, index) => all[index] !== null);
    const before = [...rows, ...unreached.rows];
    const changed = setup.rows.find((row) => now.includes(row) !== before.includes(row));
    if (changed) {
      throw new Error(
        `Objective "${changed.objective}" answered with a loss on this batch once and with null once. Which of them may depend on the batch alone.`,
      );
    }
    const { scalars } = await innerProducts([], losses);
    return scalars.filter((_, index) => rows.includes(now[index]!));
  } finally {
    tf.dispose(losses as tf.Scalar[]);
  }
}
