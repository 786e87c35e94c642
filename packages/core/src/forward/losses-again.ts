import * as tf from '@tensorflow/tfjs-core';
import type { GradientRow, Setup } from '../combiner.ts';
import { innerProducts } from '../rows/rows.ts';
import { type Forward, stepRows } from './forward.ts';

/** Evaluates the losses of the rows again, on the same batches. */
export async function lossesAgain(
  setup: Setup,
  { rows, unreached, evaluateAgain }: Pick<Forward, 'rows' | 'unreached' | 'evaluateAgain'>,
): Promise<readonly number[]> {
  let losses: readonly tf.Tensor[] = [];
  try {
    const all = evaluateAgain();
    losses = all.filter((loss) => loss !== null);
    const now = setup.rows.flatMap((row, index) => (all[index] ? stepRows(row, all[index]) : []));
    const before = [...rows, ...unreached.rows];
    const [keysNow, keysBefore, wanted] = [now, before, rows].map((list) => new Set(list.map(keyOf)));
    const changed = [...now, ...before].find(
      (row) => keysNow!.has(keyOf(row)) !== keysBefore!.has(keyOf(row)),
    );
    if (changed) throw changedPresence(changed.objective);
    const { scalars } = await innerProducts([], losses);
    return scalars.filter((_, index) => wanted!.has(keyOf(now[index]!)));
  } finally {
    tf.dispose(losses as tf.Tensor[]);
  }
}

function keyOf({ objective, batch, example }: GradientRow): string {
  return JSON.stringify([objective, batch, example]);
}

/** The error for an objective that is absent in one evaluation of a batch and present in another. */
export function changedPresence(objective: string): Error {
  return new Error(
    `Objective "${objective}" answered with a loss on this batch once and with null once. Which of them may depend on the batch alone.`,
  );
}
