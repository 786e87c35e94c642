import * as tf from '@tensorflow/tfjs-core';
import { described, isPromise } from '../described.ts';
import type { Objective } from '../objective.ts';
import { sharing } from './shared.ts';

/** One loss per objective and batch, batch by batch; null where it is absent. The caller owns them. */
export function evaluate<Batch>(
  objectives: readonly Objective<Batch>[],
  batches: readonly Batch[],
): (tf.Scalar | null)[] {
  return sharing(() => batches.flatMap((batch) => objectives.map((objective) => lossOf(objective, batch))));
}

function lossOf<Batch>(objective: Objective<Batch>, batch: Batch): tf.Scalar | null {
  const loss: unknown = objective.loss(batch);
  if (loss === null) return null;
  const must = `Objective "${objective.name}": the loss must be a scalar tensor, or null where the batch has no label for it`;
  if (isPromise(loss)) {
    // Else what it is rejected with ends the process.
    loss.then(undefined, () => undefined);
    throw new Error(`${must}, but it is a promise. Prepare the batch before the step.`);
  }
  if (!(loss instanceof tf.Tensor)) throw new Error(`${must}, but it is ${described(loss)}.`);
  if (loss.isDisposed) {
    throw new Error(
      `${must}, but it has been disposed of. Make it anew in each step, or outside of all steps.`,
    );
  }
  if (loss.rank !== 0 || loss.dtype !== 'float32') {
    throw new Error(
      `${must}, but it is ${loss.dtype} of shape [${loss.shape}]. Reduce it with tf.mean or tf.sum.`,
    );
  }
  // A clone: the loss may be shared, or a tensor that the objective keeps.
  return tf.clone(loss);
}
