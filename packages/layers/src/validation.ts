import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Tensors } from './batch.ts';
import type { FilledCommon } from './checked-options.ts';
import { evaluated, isDataset } from './evaluate.ts';
import { examplesOf } from './examples.ts';
import type { Settled } from './objective.ts';
import { sayingLater } from './said.ts';
import { datasetSource, type Examples, type Source, tensorSource } from './sources.ts';

/** The validation after each epoch. */
export interface Validation {
  logs(): Promise<Record<string, number>>;
  /** Draws the batches of one validation without use, so that a resumed training can continue after it. */
  passOver(): Promise<void>;
}

/**
 * The validation that the options ask for, or null. `split` holds the examples that `validationSplit` kept
 * from training. Throws if both kinds of validation data are given.
 */
export function validationOf(
  model: LayersModel,
  objectives: readonly Settled[],
  { validationData, validationBatches, validationBatchSize }: FilledCommon,
  split: Examples | null,
): Validation | null {
  if (validationData !== undefined && split !== null) {
    throw new Error('fit: both validationData and validationSplit are given. Leave one of them out.');
  }
  const source = split
    ? tensorSource(split, validationBatchSize, null)
    : sourceOf(model, validationData, validationBatchSize);
  if (source === null) return null;
  return {
    logs: async () => {
      const evaluation = evaluated(model, objectives, source, validationBatches);
      const logs = await sayingLater('validationData', evaluation);
      return Object.fromEntries(Object.entries(logs).map(([name, value]) => [`val_${name}`, value]));
    },
    passOver: () => source.passOver(0),
  };
}

function sourceOf(
  model: LayersModel,
  data: FilledCommon['validationData'],
  batchSize: number,
): Source | null {
  if (data === undefined) return null;
  if (isDataset(data)) return datasetSource(data);
  const isPair = Array.isArray(data) && (data.length === 2 || data.length === 3);
  if (!isPair) {
    throw new Error('fit: validationData must be a dataset, [x, y] or [x, y, sampleWeight].');
  }
  const [x, y, sampleWeight] = data as readonly [Tensors, Tensors, Tensors?];
  return tensorSource(examplesOf(model, x, y, sampleWeight), batchSize, null);
}
