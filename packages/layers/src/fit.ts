import { createTrainer, type Trainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch, Tensors } from './batch.ts';
import { datasetOptions, type FilledCommon, tensorOptions } from './checked-options.ts';
import { classWeightsOf } from './class-weights.ts';
import { optimizerNamed } from './compiled.ts';
import { withEpoch } from './epoch-combiner.ts';
import { epochs } from './epochs.ts';
import { isDataset } from './evaluate.ts';
import { examplesOf, splitAt } from './examples.ts';
import type { FitHistory } from './history.ts';
import { namesInLogs } from './measure.ts';
import { checkStateless, claim, readyModel } from './model.ts';
import { settled } from './objective.ts';
import { objectivesFrom } from './objectives.ts';
import type { DatasetFitOptions, TensorFitOptions } from './options.ts';
import { cutOf, resumeFit } from './resume.ts';
import { type DatasetLike, datasetSource, type Examples, type Source, tensorSource } from './sources.ts';
import { validationOf } from './validation.ts';
import { weightsOf } from './weights.ts';

/**
 * Trains a model on several objectives, as `model.fitDataset` and `model.fit` do on one. Each step changes
 * everything or nothing: after an error, model and optimizer are as the last step left them. The tensors of a
 * dataset are disposed of, as TensorFlow.js does it. Tensors given as `x` and `y` stay yours. Rejects with an
 * error for options that are not valid, for data that does not fit the model, and for errors in your
 * functions.
 */
export function fit(
  model: LayersModel,
  dataset: DatasetLike,
  options: DatasetFitOptions,
): Promise<FitHistory>;
/** The same on tensors: `x` and `y` are one tensor, a list or by name; the first axis counts the examples. */
export function fit(
  model: LayersModel,
  x: Tensors,
  y: Tensors,
  options: TensorFitOptions,
): Promise<FitHistory>;
export async function fit(
  model: LayersModel,
  data: DatasetLike | Tensors,
  ...rest: [DatasetFitOptions] | [Tensors, TensorFitOptions]
): Promise<FitHistory> {
  readyModel('fit', model);
  if (isDataset(data)) {
    const options = datasetOptions(rest.at(-1) as DatasetFitOptions);
    return train(model, options, datasetSource(data, options.batchesPerEpoch), null, null);
  }
  const options = tensorOptions(rest.at(-1) as TensorFitOptions);
  const { batchSize, shuffle, seed, validationSplit } = options;
  const all = examplesOf(model, data, rest[0] as Tensors, options.sampleWeight);
  const source = (examples: Examples) => tensorSource(examples, batchSize, shuffle ? seed : null);
  if (validationSplit === undefined) return train(model, options, source(all), null, batchSize);
  const [trained, aside] = splitAt(all, placeOf(all, validationSplit));
  try {
    return await train(model, options, source(trained), aside, batchSize);
  } finally {
    tf.dispose([trained, aside] as unknown as tf.TensorContainer);
  }
}

/** The index of the first validation example. */
function placeOf({ xs }: Examples, split: number): number {
  const size = xs[0]!.shape[0]!;
  const place = Math.floor(size * (1 - split));
  if (place > 0 && place < size) return place;
  throw new Error(
    `fit: validationSplit ${split} of ${size} examples leaves none to ${place === 0 ? 'train on' : 'validate with'}. Give more, or another split.`,
  );
}

async function train(
  model: LayersModel,
  options: FilledCommon,
  source: Source,
  split: Examples | null,
  batchSize: number | null,
): Promise<FitHistory> {
  const release = claim(model);
  const owned: { dispose(): void }[] = [];
  try {
    for (const name of ['checkpoint', 'resumeFrom'] as const) {
      if (options[name] !== undefined) checkStateless(`fit: ${name}`, model);
    }
    const objectives = settled(model, options.objectives);
    const validation = validationOf(model, objectives, options, split);
    const classes = classWeightsOf(model.outputNames, options.classWeight);
    const list = objectivesFrom(model, objectives, options.regularization);
    const { variables, state } = weightsOf(model);
    if (variables.length === 0) {
      throw new Error(
        `fit: the model "${model.name}" has no weights that can be trained. Give it a layer that has some, such as tf.layers.dense.`,
      );
    }
    let optimizer = options.optimizer;
    if (typeof optimizer === 'string') {
      optimizer = optimizerNamed('fit', optimizer);
      owned.push(optimizer);
    }
    const progress = { epoch: options.initialEpoch };
    const trainer: Trainer<Batch> = createTrainer<Batch>({
      ...trainerOptions(options),
      objectives: list,
      combiner: withEpoch(options.combiner, () => progress.epoch),
      optimizer,
      variables,
      state,
    });
    owned.push(trainer);
    const weights = new Map(list.map(({ name, weight = 1 }) => [name, weight]));
    const nameOf = namesInLogs(model, list.length);
    const training = { model, objectives, variables, trainer, classes, weights, nameOf };
    const cut = cutOf(options, batchSize);
    const place =
      options.resumeFrom === undefined ? null : await resumeFit(model, trainer, options.resumeFrom, cut);
    if (place) progress.epoch = place.next;
    return await epochs({ options, source, validation, batchSize, progress, training, cut, place });
  } finally {
    for (const one of owned) one.dispose();
    release();
  }
}

/** The options that are given, under the same names. */
function trainerOptions(options: FilledCommon) {
  const { seed, schedule, over, gradients, coefficients, onNonFinite, diagnostics } = options;
  const given = { seed, schedule, over, gradients, coefficients, onNonFinite, diagnostics };
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof typeof given]?: NonNullable<(typeof given)[Name]> };
}
