import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Prepared } from './example-weights.ts';
import { labelsFor } from './labels.ts';
import type { Logged } from './logs.ts';
import type { Settled } from './objective.ts';
import { saying } from './said.ts';

/** The name in logs for a value of an objective. */
export type NameInLogs = (objective: string, what: string) => string;

/** Names as TensorFlow.js has them: a single objective of a model with one output is left out of the name. */
export function namesInLogs(model: LayersModel, objectives: number): NameInLogs {
  const isAlone = objectives === 1 && model.outputs.length === 1;
  return (objective, what) => (isAlone ? what : `${objective}_${what}`);
}

interface Measured {
  readonly name: string;
  readonly count: number;
  readonly value: tf.Scalar;
}

/** The prediction for an objective with an output. */
type Predictions = (objective: Settled) => tf.Tensor;

/**
 * All metrics of a batch, read from the device at once. The scalars in `more` are read with them; their
 * values are in `first`.
 */
export async function measured(
  objectives: readonly Settled[],
  nameOf: NameInLogs,
  batch: Prepared,
  predictions: Predictions,
  more: readonly tf.Scalar[],
): Promise<{ readonly first: readonly number[]; readonly metrics: readonly Logged[] }> {
  const all: Omit<Measured, 'value'>[] = [];
  const packed = tf.tidy(() => {
    const metrics = metricsOf(objectives, nameOf, batch, predictions);
    for (const { name, count } of metrics) all.push({ name, count });
    const values = [...more, ...metrics.map(({ value }) => value)];
    return values.length > 0 ? tf.stack(values) : tf.tensor1d([]);
  });
  try {
    const values = [...(await packed.data())];
    const metrics = all.map((one, index) => ({ ...one, value: values[more.length + index]! }));
    return { first: values.slice(0, more.length), metrics };
  } finally {
    packed.dispose();
  }
}

function metricsOf(
  objectives: readonly Settled[],
  nameOf: NameInLogs,
  batch: Prepared,
  predictions: Predictions,
): Measured[] {
  return objectives.flatMap((objective) => {
    if (objective.output === null || objective.metrics.length === 0) return [];
    const given = batch.ys[objective.output]!;
    if (given === null) return [];
    const prediction = predictions(objective);
    const labels = labelsFor(objective, given, prediction);
    const labelled = batch.labelled[objective.output]!;
    // Metrics leave out examples without a label.
    const only = (tensor: tf.Tensor) =>
      labelled ? tf.gather(tensor, tf.tensor1d([...labelled], 'int32')) : tensor;
    const [yTrue, yPred] = [only(labels), only(prediction)];
    const where = `Objective "${objective.name}": its metric threw`;
    return objective.metrics.map(({ name, compute }) => ({
      name: nameOf(objective.name, name),
      count: labelled?.length ?? batch.size,
      value: saying(where, () => tf.mean(compute(yTrue, yPred)) as tf.Scalar),
    }));
  });
}
