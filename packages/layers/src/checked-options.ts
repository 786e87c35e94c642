import { checkOptions, finiteNumber, wholeNumber } from '@scalpel/core';
import * as v from 'valibot';
import type { CommonFitOptions, DatasetFitOptions, EvaluateOptions, TensorFitOptions } from './options.ts';

const maybe = v.optional(v.unknown());
const count = wholeNumber(1);
const anything = v.custom<unknown>((value) => value !== undefined, 'it is missing');
const notWith = (what: string) => v.optional(v.undefined(what));
const ofDatasets = notWith(
  'a dataset comes in batches of its own, as of dataset.batch(32), in its own order',
);
const yieldEvery = v.union(
  [v.picklist(['auto', 'batch', 'epoch', 'never']), v.pipe(finiteNumber, v.gtValue(0))],
  'it must be auto, batch, epoch, never or a number of milliseconds',
);

const common = {
  objectives: anything,
  combiner: anything,
  optimizer: anything,
  epochs: v.optional(count, 1),
  initialEpoch: v.optional(wholeNumber(0), 0),
  callbacks: maybe,
  yieldEvery: v.optional(yieldEvery, 'auto'),
  verbose: v.optional(v.picklist([0, 1], 'it must be 0 or 1'), 1),
  validationData: maybe,
  validationBatches: v.optional(count),
  validationBatchSize: v.optional(count, 32),
  classWeight: maybe,
  schedule: maybe,
  seed: v.optional(wholeNumber(), 0),
  regularization: v.optional(
    v.strictObject({
      priority: wholeNumber(0),
      weight: v.optional(v.pipe(finiteNumber, v.gtValue(0))),
      name: v.optional(v.string()),
    }),
  ),
  checkpoint: v.optional(v.strictObject({ to: anything, every: v.optional(count, 1) })),
  resumeFrom: maybe,
  // The trainer checks these.
  over: maybe,
  gradients: maybe,
  coefficients: maybe,
  onNonFinite: maybe,
  diagnostics: maybe,
};

const onDatasets = v.strictObject({
  ...common,
  batchesPerEpoch: v.optional(count),
  batchSize: ofDatasets,
  shuffle: ofDatasets,
  validationSplit: notWith(
    'a dataset has no end to split off. Give validationData, as of dataset.skip and dataset.take',
  ),
  sampleWeight: notWith('the elements of a dataset hold theirs: { xs, ys, sampleWeight }'),
});

const onTensors = v.strictObject({
  ...common,
  batchSize: v.optional(count, 32),
  shuffle: v.optional(v.boolean(), true),
  validationSplit: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.ltValue(1))),
  sampleWeight: maybe,
  batchesPerEpoch: notWith('tensors are trained on whole in each epoch. Give a dataset for that'),
});

const onEvaluation = v.strictObject({
  objectives: anything,
  batchSize: v.optional(count, 32),
  batches: v.optional(count),
  sampleWeight: maybe,
});

type Filled<Options, Names extends keyof Options> = Options & Required<Pick<Options, Names>>;
type Defaults = 'epochs' | 'initialEpoch' | 'yieldEvery' | 'verbose' | 'validationBatchSize' | 'seed';
export type FilledCommon = Filled<CommonFitOptions, Defaults>;

export function datasetOptions(options: DatasetFitOptions): Filled<DatasetFitOptions, Defaults> {
  return checkedEpochs(checkOptions('fit', onDatasets, options) as Filled<DatasetFitOptions, Defaults>);
}

export function tensorOptions(
  options: TensorFitOptions,
): Filled<TensorFitOptions, Defaults | 'batchSize' | 'shuffle'> {
  return checkedEpochs(
    checkOptions('fit', onTensors, options) as Filled<TensorFitOptions, Defaults | 'batchSize' | 'shuffle'>,
  );
}

export function evaluateOptions(options: EvaluateOptions): Filled<EvaluateOptions, 'batchSize'> {
  return checkOptions('evaluate', onEvaluation, options) as Filled<EvaluateOptions, 'batchSize'>;
}

function checkedEpochs<Options extends FilledCommon>(options: Options): Options {
  const { epochs, initialEpoch, resumeFrom } = options;
  if (resumeFrom !== undefined && initialEpoch > 0) {
    throw new Error(
      'fit: both resumeFrom and initialEpoch are given. Leave initialEpoch out: the checkpoint knows it.',
    );
  }
  if (initialEpoch < epochs) return options;
  throw new Error(
    `fit: initialEpoch is ${initialEpoch} and epochs is ${epochs}, so that there is nothing to train. \`epochs\` is the number of the epoch to end before, not how many to add.`,
  );
}
