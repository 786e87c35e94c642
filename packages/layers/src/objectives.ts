import { type Objective, shared } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Batch, tensorsByPosition } from './batch.ts';
import { outputsOf } from './forward.ts';
import { labelsFor, meanLoss, withoutUnlabelled } from './labels.ts';
import { readyModel } from './model.ts';
import { type LayersObjective, type Settled, settled } from './objective.ts';
import { saying } from './said.ts';

/** Makes the penalties of the model's regularisers a separate objective. */
export interface Regularization {
  readonly priority: number;
  readonly weight?: number;
  /** Default: `regularization`. */
  readonly name?: string;
}

/**
 * Objectives for `createTrainer`, on batches as a dataset gives them. All share one forward pass in training
 * mode. The penalties of the model's regularisers are added to the most important objective, or are a
 * separate one. The outputs in a step's report are the `prediction` of each objective with metrics, and the
 * loss without the penalties that are added to it (`unpenalized`).
 */
export function objectivesOf(
  model: LayersModel,
  objectives: readonly LayersObjective[],
  { regularization }: { readonly regularization?: Regularization } = {},
): Objective<Batch>[] {
  readyModel('objectivesOf', model);
  return objectivesFrom(model, settled(model, objectives), regularization);
}

export function objectivesFrom(
  model: LayersModel,
  all: readonly Settled[],
  regularization: Regularization | undefined,
): Objective<Batch>[] {
  const predict = shared((batch: Batch) => outputsOf(model, batch, true));
  const penalised = regularization || !isRegularized(model) ? undefined : mostImportant(all);
  const list = all.map((objective): Objective<Batch> => {
    const { name, priority, weight, output, metrics } = objective;
    const loss = (batch: Batch) => {
      const own = lossOf(model, objective, batch, () => predict(batch));
      if (own === null) return null;
      const prediction = metrics.length > 0 && { prediction: predict(batch)[output!]! };
      if (objective !== penalised) return { loss: own, outputs: { ...prediction } };
      const loss = plus(own, model.calculateLosses());
      return { loss, outputs: { ...prediction, unpenalized: own } };
    };
    return { name, priority, weight, loss };
  });
  return regularization ? [...list, penaltiesOf(model, all, regularization)] : list;
}

/** The loss of an objective on a batch. Null where the batch has no labels for it. */
export function lossOf(
  model: LayersModel,
  objective: Settled,
  batch: Batch,
  predict: () => readonly tf.Tensor[],
): tf.Scalar | null {
  const where = `Objective "${objective.name}": its loss threw`;
  if (objective.output === null)
    return single(
      objective.name,
      saying(where, () => objective.loss(batch)),
    );
  const of = (what: 'ys' | 'sampleWeight') =>
    tensorsByPosition(what, 'output', model.outputNames, batch[what])[objective.output]!;
  const given = of('ys');
  if (given === null) return null;
  const weights = of('sampleWeight');
  const prediction = predict()[objective.output]!;
  const labels = labelsFor(objective, given, prediction);
  checkWeights(objective.name, weights, labels);
  const known = weights === null ? labels : withoutUnlabelled(labels, weights);
  const loss = saying(where, () => objective.loss(known, prediction));
  return meanLoss(objective.name, loss, weights);
}

function single(name: string, loss: tf.Tensor | null): tf.Scalar | null {
  if (!(loss instanceof tf.Tensor) || loss.rank === 0) return loss as tf.Scalar | null;
  throw new Error(
    `Objective "${name}": its loss has shape [${loss.shape}], but must be one number, as tf.mean and tf.sum give.`,
  );
}

function checkWeights(name: string, weights: tf.Tensor | null, labels: tf.Tensor): void {
  if (weights === null || (weights.rank === 1 && weights.size === labels.shape[0])) return;
  throw new Error(
    `Objective "${name}": sampleWeight has shape [${weights.shape}], but must have one number for each of the ${labels.shape[0]} examples.`,
  );
}

function mostImportant(all: readonly Settled[]): Settled {
  return all.reduce((first, one) => (one.priority < first.priority ? one : first));
}

function isRegularized(model: LayersModel): boolean {
  // `calculateLosses` is public in tfjs-layers 4.22.0, but not documented.
  return tf.tidy(() => model.calculateLosses().length > 0);
}

function plus(loss: tf.Scalar, penalties: readonly tf.Scalar[]): tf.Scalar {
  return penalties.reduce((sum, penalty) => tf.add(sum, penalty), loss);
}

function penaltiesOf(
  model: LayersModel,
  all: readonly Settled[],
  { name = 'regularization', priority, weight = 1 }: Regularization,
): Objective<Batch> {
  if (!isRegularized(model)) {
    throw new Error(
      'regularization: none of the layers has a regularizer. Leave it out, or give layers one, as in tf.layers.dense({ kernelRegularizer: tf.regularizers.l2() }).',
    );
  }
  if (all.some((objective) => objective.name === name)) {
    throw new Error(
      `regularization: an objective is named "${name}" already. Give one of them another \`name\`.`,
    );
  }
  return { name, priority, weight, loss: () => plus(tf.scalar(0), model.calculateLosses()) };
}
