import type { Params } from './callbacks.ts';
import type { FilledCommon } from './checked-options.ts';
import type { Cut, Place } from './resume.ts';
import type { Source } from './sources.ts';
import { batchesPerStep, type Training } from './step.ts';
import type { Validation } from './validation.ts';

/** One call of `fit`. */
export interface Run {
  readonly options: FilledCommon;
  readonly source: Source;
  readonly validation: Validation | null;
  readonly batchSize: number | null;
  /** The current epoch, which the combiner receives. */
  readonly progress: { epoch: number };
  readonly training: Training;
  readonly cut: Cut;
  /** The place where a resumed training continues. Null for a new training. */
  readonly place: Place | null;
}

/** The parameters of this call that callbacks receive. */
export function paramsOf({ options, source, validation, batchSize, training }: Run): Params {
  const { objectives, nameOf } = training;
  const losses = [...training.weights.keys()].map((name) => nameOf(name, 'loss'));
  const metrics = objectives.flatMap((one) => one.metrics.map(({ name }) => nameOf(one.name, name)));
  const names = [...new Set(['loss', ...losses, ...metrics])];
  const { epochs, initialEpoch, verbose, combiner } = options;
  return {
    epochs,
    initialEpoch,
    verbose,
    batchSize,
    samples: source.examples,
    steps: source.batches && Math.floor(source.batches / batchesPerStep(combiner)),
    doValidation: validation !== null,
    metrics: validation ? [...names, ...names.map((name) => `val_${name}`)] : names,
  };
}
