import type { GradientRow } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import type { Training } from './training.ts';

/** Throws if no loss has ever depended on a trained variable. Warns of each objective whose loss does not. */
export function checkReach<Batch>(training: Training<Batch>, { rows, unreached }: Forward): void {
  const { step, frozen, reaching, warn } = training;
  for (const { objective } of rows) reaching.add(objective);
  if (reaching.size === 0) {
    throw new Error(
      frozen.every(Boolean)
        ? `Step ${step}: none of the variables is trainable. Set \`trainable\` of one, or of a layer, to true.`
        : `Step ${step}: no loss depends on any of the variables that are trained. ` +
            'Give the variables that the losses use, and compute the losses from them with TensorFlow.js operations (values that were read back have no gradient).',
    );
  }
  for (const name of namesOf(unreached.rows)) {
    warn(
      name,
      `Step ${step}: the loss of objective "${name}" depends on no variable that is trained, so it teaches nothing: the others train as if it were null. ` +
        "This is said once: see `unreached` in every step's report. Return null where a batch holds nothing for an objective.",
    );
  }
}

/** Names of the objectives of some rows, each once. */
export function namesOf(rows: readonly GradientRow[]): string[] {
  return [...new Set(rows.map(({ objective }) => objective))];
}
