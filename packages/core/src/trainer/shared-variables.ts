import type * as tf from '@tensorflow/tfjs-core';
import type { GradientRow } from '../combiner.ts';
import type { Objective } from '../objective.ts';

/**
 * For each variable, true if at least two objectives reach it. `reached` says which variables each gradient
 * reaches, in a step in which all objectives are present.
 */
export function sharedBy<Batch>(
  objectives: readonly Objective<Batch>[],
  variables: readonly tf.Variable[],
  rows: readonly GradientRow[],
  reached: readonly (readonly boolean[])[],
): readonly boolean[] {
  const absent = objectives.find(({ name }) => rows.every(({ objective }) => objective !== name));
  if (absent) {
    throw new Error(
      `over: 'shared' is settled in the first step, but objective "${absent.name}" has no loss on its batch, or one that depends on no variable that is trained. ` +
        'Start with a batch that has a label for every objective.',
    );
  }
  const frozen = variables.find(({ trainable }) => !trainable);
  if (frozen) {
    throw new Error(
      `over: 'shared' is settled in the first step, but "${frozen.name}" is not trainable in it, so that nobody can tell which objectives reach it. ` +
        'Leave it out of `variables`, or freeze it later.',
    );
  }
  const shared = variables.map((_, v) => {
    const reaching = rows.filter((_, index) => reached[index]![v]).map(({ objective }) => objective);
    return new Set(reaching).size >= 2;
  });
  if (!shared.includes(true)) {
    throw new Error(
      "over: 'shared' needs a parameter that two objectives reach, but there is none. Use over: 'all'.",
    );
  }
  return shared;
}
