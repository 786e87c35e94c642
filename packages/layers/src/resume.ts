import type { Trainer } from '@scalpel/core';
import { EarlyStopping, type LayersModel } from '@tensorflow/tfjs-layers';
import type { Batch } from './batch.ts';
import type { CallbackRunner } from './callbacks.ts';
import type { FilledCommon } from './checked-options.ts';
import { adopt, store, stored } from './checkpoint/checkpoint.ts';
import { savedNames } from './checkpoint/names.ts';
import type { CheckpointStore } from './checkpoint/store.ts';
import type { FitHistory } from './history.ts';
import type { Source } from './sources.ts';
import type { Validation } from './validation.ts';

/** The data that `fit` stores beside the trainer's checkpoint. */
export interface Place {
  /** The first epoch of the training, and the next one to train. */
  readonly from: number;
  readonly next: number;
  readonly history: FitHistory;
  /** The names of the weights that are frozen now. */
  readonly frozen: readonly string[];
  /** The way the data was cut into batches and epochs. Another cut would be another training. */
  readonly cut: Cut;
}

export interface Cut {
  readonly batchSize: number | null;
  readonly shuffle: boolean | null;
  readonly batchesPerEpoch: number | null;
}

export async function saveFit(
  model: LayersModel,
  trainer: Trainer<Batch>,
  to: CheckpointStore,
  place: Omit<Place, 'frozen'>,
): Promise<void> {
  await store('fit: checkpoint', trainer, to, savedNames(model), { ...place, frozen: frozenIn(model) });
}

/** Restores the trainer and returns the place where training continues. */
export async function resumeFit(
  model: LayersModel,
  trainer: Trainer<Batch>,
  from: CheckpointStore,
  cut: Cut,
): Promise<Place> {
  const owner = 'fit: resumeFrom';
  const found = await stored(owner, from);
  const place = found.fit as Place | undefined;
  if (place === undefined) {
    throw new Error(
      `${owner}: the checkpoint was not made by fit, so it knows no epoch. Load it with loadCheckpoint.`,
    );
  }
  for (const key of Object.keys(cut) as (keyof Cut)[]) {
    if (place.cut[key] === cut[key]) continue;
    throw new Error(
      `${owner}: the checkpoint was made with ${key} ${place.cut[key]}, but it is ${cut[key]} now. Go on with the same.`,
    );
  }
  const frozen = frozenIn(model);
  const other = [...frozen, ...place.frozen].find(
    (name) => frozen.includes(name) !== place.frozen.includes(name),
  );
  if (other !== undefined) {
    const was = place.frozen.includes(other) ? 'frozen' : 'trained';
    throw new Error(
      `${owner}: when the checkpoint was made, "${other}" was ${was}, and now it is not. Set \`trainable\` of the layers as it was then, before you go on.`,
    );
  }
  await adopt(owner, trainer, found, savedNames(model));
  return place;
}

/**
 * Draws from the datasets the batches of all earlier epochs. This matters for datasets that shuffle or that
 * continue across epochs.
 */
export async function passOver(
  { from, next }: Place,
  source: Source,
  validation: Validation | null,
): Promise<void> {
  for (let epoch = from; epoch < next; epoch++) {
    await source.passOver(epoch);
    await validation?.passOver();
  }
}

/**
 * Shows the earlier epochs to TensorFlow.js's early stopping, which counts them. Other callbacks have to keep
 * their own state.
 */
export async function replay(
  { history: { epoch, history } }: Place,
  { list }: CallbackRunner,
): Promise<void> {
  for (const callback of list) {
    if (!(callback instanceof EarlyStopping)) continue;
    for (const [index, number] of epoch.entries()) {
      const logs = Object.entries(history).map(([name, values]) => [name, values[index]!]);
      await callback.onEpochEnd(number, Object.fromEntries(logs.filter(([, value]) => !Number.isNaN(value))));
    }
  }
}

function frozenIn(model: LayersModel): string[] {
  const trained = new Set(model.trainableWeights);
  const names = savedNames(model);
  return model.weights.filter((weight) => !trained.has(weight)).map(({ name }) => names.get(name)!);
}

export function cutOf(options: FilledCommon, batchSize: number | null): Cut {
  const { shuffle = null, batchesPerEpoch = null } = options as Partial<Cut>;
  return { batchSize, shuffle, batchesPerEpoch };
}
