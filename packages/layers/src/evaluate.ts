import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch, Tensors } from './batch.ts';
import { evaluateOptions } from './checked-options.ts';
import { type Prepared, prepared } from './example-weights.ts';
import { examplesOf } from './examples.ts';
import { outputsOf } from './forward.ts';
import { Averages } from './logs.ts';
import { measured, namesInLogs } from './measure.ts';
import { readyModel } from './model.ts';
import { type Settled, settled } from './objective.ts';
import { lossOf } from './objectives.ts';
import type { EvaluateOptions } from './options.ts';
import { sayingLater } from './said.ts';
import { type DatasetLike, datasetSource, type Source, tensorSource } from './sources.ts';

/**
 * Mean losses and metrics of the model in prediction mode (no dropout; batch normalisation with its moving
 * averages), by the names that logs use. `loss` is the sum of the objectives' losses times their weights,
 * without the penalties of regularisers. Rejects with an error for options that are not valid, and for data
 * that does not fit the model.
 */
export function evaluate(
  model: LayersModel,
  dataset: DatasetLike,
  options: EvaluateOptions,
): Promise<Record<string, number>>;
/** The same on tensors: `x` and `y` are one tensor, a list or by name; the first axis counts the examples. */
export function evaluate(
  model: LayersModel,
  x: Tensors,
  y: Tensors,
  options: EvaluateOptions,
): Promise<Record<string, number>>;
export async function evaluate(
  model: LayersModel,
  data: DatasetLike | Tensors,
  ...rest: [EvaluateOptions] | [Tensors, EvaluateOptions]
): Promise<Record<string, number>> {
  readyModel('evaluate', model);
  const { objectives, batchSize, batches, sampleWeight } = evaluateOptions(rest.at(-1) as EvaluateOptions);
  const all = settled(model, objectives);
  if (isDataset(data)) return evaluated(model, all, datasetSource(data), batches);
  const examples = examplesOf(model, data, rest[0] as Tensors, sampleWeight);
  return evaluated(model, all, tensorSource(examples, batchSize, null), undefined);
}

export function isDataset(data: unknown): data is DatasetLike {
  return typeof (data as DatasetLike | undefined)?.iterator === 'function';
}

/** The same for a source of batches, at most `batches` of them. */
export async function evaluated(
  model: LayersModel,
  objectives: readonly Settled[],
  source: Source,
  most: number | undefined,
): Promise<Record<string, number>> {
  const averages = new Averages();
  let count = 0;
  for await (const given of source.epoch(0)) {
    try {
      await sayingLater(`Batch ${count} of the evaluation`, addGiven(model, objectives, given, averages));
    } finally {
      tf.dispose(given as unknown as tf.TensorContainer);
    }
    count++;
    if (count === most) break;
  }
  if (count === 0) throw new Error('There is nothing to evaluate: the data has no batches.');
  return averages.means();
}

async function addGiven(
  model: LayersModel,
  objectives: readonly Settled[],
  given: Batch,
  averages: Averages,
): Promise<void> {
  const batch = await prepared(model, given, []);
  try {
    await addBatch(model, objectives, batch, averages);
  } finally {
    tf.dispose(batch.sampleWeight as tf.TensorContainer);
  }
}

async function addBatch(
  model: LayersModel,
  objectives: readonly Settled[],
  batch: Prepared,
  averages: Averages,
): Promise<void> {
  const { outputs, losses } = tf.tidy(() => {
    const outputs = outputsOf(model, batch, false);
    return {
      outputs,
      losses: objectives.map((objective) => lossOf(model, objective, batch, () => outputs)),
    } as never;
  }) as { readonly outputs: tf.Tensor[]; readonly losses: (tf.Scalar | null)[] };
  try {
    const present = objectives.filter((_, index) => losses[index] !== null);
    const scalars = losses.filter((loss) => loss !== null);
    const nameOf = namesInLogs(model, objectives.length);
    const { first, metrics } = await measured(
      objectives,
      nameOf,
      batch,
      ({ output }) => outputs[output!]!,
      scalars,
    );
    if (present.length > 0) {
      const sum = present.reduce((total, { weight }, index) => total + weight * first[index]!, 0);
      averages.add('loss', sum, batch.size);
    }
    for (const [index, { name }] of present.entries()) {
      const key = nameOf(name, 'loss');
      if (key !== 'loss') averages.add(key, first[index]!, batch.size);
    }
    for (const { name, value, count } of metrics) averages.add(name, value, count);
  } finally {
    tf.dispose([outputs, losses] as tf.TensorContainer);
  }
}
