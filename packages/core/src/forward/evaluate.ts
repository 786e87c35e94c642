import * as tf from '@tensorflow/tfjs-core';
import { described, isPromise } from '../described.ts';
import type { Objective } from '../objective.ts';
import { sharing } from './shared.ts';

/** The result of an objective's loss. */
interface Evaluated {
  /** A scalar, or a vector if the objective is `perExample`. Null if the objective is absent. */
  readonly loss: tf.Tensor | null;
  readonly outputs: tf.NamedTensorMap;
}

/** One entry per objective and batch, batch by batch. The caller owns the tensors. */
export function evaluate<Batch>(
  objectives: readonly Objective<Batch>[],
  batches: readonly Batch[],
): Evaluated[] {
  return sharing(() =>
    batches.flatMap((batch) => objectives.map((objective) => evaluated(objective, batch))),
  );
}

function evaluated<Batch>(objective: Objective<Batch>, batch: Batch): Evaluated {
  const where = `Objective "${objective.name}"`;
  const perExample = objective.perExample === true;
  const given: unknown = objective.loss(batch);
  if (typeof given !== 'object' || !given || given instanceof tf.Tensor || !('loss' in given))
    return { loss: lossOf(where, given, perExample), outputs: {} };
  const { loss, outputs = {}, ...others } = given as { loss: unknown; outputs?: unknown };
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new Error(`${where}: there is "${other}" beside the loss. Give { loss, outputs: { ${other} } }.`);
  return { loss: lossOf(where, loss, perExample), outputs: outputsOf(where, outputs) };
}

function lossOf(where: string, loss: unknown, perExample: boolean): tf.Tensor | null {
  if (loss === null) return null;
  const kind = perExample ? 'tensor with one loss an example' : 'scalar tensor';
  const must = `${where}: the loss must be a ${kind}, { loss, outputs } with one, or null where the batch has no label for it`;
  if (isPromise(loss)) {
    // Without a handler, a rejection would end the process.
    loss.then(undefined, () => undefined);
    throw new Error(`${must}, but it is a promise. Prepare the batch before the step.`);
  }
  if (!(loss instanceof tf.Tensor)) throw new Error(`${must}, but it is ${described(loss)}.`);
  if (loss.isDisposed) {
    throw new Error(
      `${must}, but it has been disposed of. Make it anew in each step, or outside of all steps.`,
    );
  }
  if (loss.rank !== (perExample ? 1 : 0) || loss.dtype !== 'float32') {
    const remedy = perExample
      ? 'Reduce all of its axes but the first, or leave `perExample` out where the loss is a scalar.'
      : 'Reduce it with tf.mean or tf.sum. If it is one loss an example, each to be an objective of its own, say `perExample: true`.';
    throw new Error(`${must}, but it is ${loss.dtype} of shape [${loss.shape}]. ${remedy}`);
  }
  // A batch without examples holds no label.
  if (loss.size === 0) return null;
  // The result is a clone, because the loss may be shared, or the objective may keep it.
  return tf.clone(loss);
}

function outputsOf(where: string, outputs: unknown): tf.NamedTensorMap {
  if (typeof outputs !== 'object' || outputs === null || outputs instanceof tf.Tensor) {
    throw new Error(
      `${where}: its outputs must be tensors by name, as in { logits }, but are ${described(outputs)}.`,
    );
  }
  const clones = Object.entries(outputs).map(([name, output]: [string, unknown]) => {
    if (output instanceof tf.Tensor && !output.isDisposed) return [name, tf.clone(output)] as const;
    const what = output instanceof tf.Tensor ? 'has been disposed of' : `is ${described(output)}`;
    throw new Error(`${where}: its output "${name}" must be a tensor, but ${what}.`);
  });
  return Object.fromEntries(clones);
}
