import type { Checkpoint, Trainer } from '@scalpel/core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { checkStateless } from '../model.ts';
import { inverse, type Names, renamed, savedNames } from './names.ts';
import { type CheckpointStore, read, write } from './store.ts';

/** Options of `saveCheckpoint` and `loadCheckpoint`. */
export interface CheckpointOptions {
  /**
   * Names the variables as `model.save` does, so that a model that is built again in the same page or process
   * can load the checkpoint.
   */
  readonly model?: LayersModel;
}

/** The content of a stored checkpoint: that of the trainer, and any data that `fit` keeps beside it. */
export interface Stored {
  readonly checkpoint: Checkpoint;
  readonly fit?: unknown;
}

/** Stores all that training needs to continue, as one file in the format safetensors. */
export async function saveCheckpoint(
  trainer: Trainer<never>,
  to: CheckpointStore,
  { model }: CheckpointOptions = {},
): Promise<void> {
  await store('saveCheckpoint', trainer, to, namesFor('saveCheckpoint', model), undefined);
}

/**
 * Continues from a checkpoint that `saveCheckpoint` or `fit` has stored. Throws, and changes nothing, if the
 * file is damaged or belongs to another model, combiner or optimizer.
 */
export async function loadCheckpoint(
  trainer: Trainer<never>,
  from: CheckpointStore,
  { model }: CheckpointOptions = {},
): Promise<void> {
  const names = namesFor('loadCheckpoint', model);
  await adopt('loadCheckpoint', trainer, await stored('loadCheckpoint', from), names);
}

function namesFor(owner: string, model: LayersModel | undefined): Names {
  if (!model) return new Map();
  checkStateless(owner, model);
  return savedNames(model);
}

export async function store(
  owner: string,
  trainer: Trainer<never>,
  to: CheckpointStore,
  names: Names,
  fit: unknown,
): Promise<void> {
  const checkpoint = renamed(await trainer.checkpoint(), names);
  await write(owner, to, fit === undefined ? { checkpoint } : { checkpoint, fit });
}

export async function stored(owner: string, from: CheckpointStore): Promise<Stored> {
  const { checkpoint, fit } = (await read(owner, from)) as Partial<Stored>;
  if (checkpoint?.format === 1) return { checkpoint, fit };
  throw new Error(
    `${owner}: the checkpoint has format ${String(checkpoint?.format)}, but this version of Scalpel reads format 1.`,
  );
}

/** Restores the trainer. Throws if the variables in the checkpoint are others. */
export async function adopt(
  owner: string,
  trainer: Trainer<never>,
  { checkpoint }: Stored,
  names: Names,
): Promise<void> {
  const own = renamed(await trainer.checkpoint(), names);
  const differences = [
    ...differencesOf('variables', checkpoint, own),
    ...differencesOf('state', checkpoint, own),
  ];
  if (differences.length > 0) {
    throw new Error(
      `${owner}: the checkpoint is of another model: ${differences.join('; ')}. Layers are told by their names: give them some, as in tf.layers.dense({ name: 'trunk' }), or make the same model.`,
    );
  }
  await trainer.restore(renamed(checkpoint, inverse(names)));
}

function differencesOf(what: 'variables' | 'state', there: Checkpoint, here: Checkpoint): string[] {
  const shapes = (names: readonly string[], { [what]: saved }: Checkpoint) =>
    names.map((name) => `"${name}" of shape [${saved[name]!.shape}]`).join(', ');
  const [theirs, ours] = [Object.keys(there[what]), Object.keys(here[what])];
  const missing = ours.filter((name) => !theirs.includes(name));
  const unknown = theirs.filter((name) => !ours.includes(name));
  const changed = ours.filter(
    (name) => theirs.includes(name) && String(there[what][name]!.shape) !== String(here[what][name]!.shape),
  );
  return [
    ...(missing.length > 0 ? [`it lacks ${shapes(missing, here)}`] : []),
    ...(unknown.length > 0 ? [`it has ${shapes(unknown, there)}, which the model has not`] : []),
    ...changed.map(
      (name) =>
        `"${name}" has shape [${there[what][name]!.shape}] there and [${here[what][name]!.shape}] here`,
    ),
  ];
}
