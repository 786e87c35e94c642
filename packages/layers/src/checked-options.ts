import { checkOptions } from '@scalpel/core';
import { z } from 'zod';
import type { CommonFitOptions, DatasetFitOptions, EvaluateOptions, TensorFitOptions } from './options.ts';

const maybe = z.unknown().optional();
const count = z.int().min(1);
const anything = z.custom<unknown>((value) => value !== undefined, { error: 'it is missing' });
const notWith = (what: string) => z.undefined({ error: what }).optional();
const ofDatasets = notWith(
  'a dataset comes in batches of its own, as of dataset.batch(32), in its own order',
);
const yieldEvery = z.union([z.enum(['auto', 'batch', 'epoch', 'never']), z.number().positive()], {
  error: 'it must be auto, batch, epoch, never or a number of milliseconds',
});

const common = {
  objectives: anything,
  combiner: anything,
  optimizer: anything,
  epochs: count.default(1),
  initialEpoch: z.int().min(0).default(0),
  callbacks: maybe,
  yieldEvery: yieldEvery.default('auto'),
  verbose: z.union([z.literal(0), z.literal(1)], { error: 'it must be 0 or 1' }).default(1),
  validationData: maybe,
  validationBatches: count.optional(),
  validationBatchSize: count.default(32),
  classWeight: maybe,
  schedule: maybe,
  seed: z.int().default(0),
  regularization: z
    .strictObject({
      priority: z.int().min(0),
      weight: z.number().positive().optional(),
      name: z.string().optional(),
    })
    .optional(),
  checkpoint: z.strictObject({ to: anything, every: count.default(1) }).optional(),
  resumeFrom: maybe,
  // The trainer checks these.
  over: maybe,
  gradients: maybe,
  onNonFinite: maybe,
  diagnostics: maybe,
};

const onDatasets = z.strictObject({
  ...common,
  batchesPerEpoch: count.optional(),
  batchSize: ofDatasets,
  shuffle: ofDatasets,
  validationSplit: notWith(
    'a dataset has no end to split off. Give validationData, as of dataset.skip and dataset.take',
  ),
  sampleWeight: notWith('the elements of a dataset hold theirs: { xs, ys, sampleWeight }'),
});

const onTensors = z.strictObject({
  ...common,
  batchSize: count.default(32),
  shuffle: z.boolean().default(true),
  validationSplit: z.number().gt(0).lt(1).optional(),
  sampleWeight: maybe,
  batchesPerEpoch: notWith('tensors are trained on whole in each epoch. Give a dataset for that'),
});

const onEvaluation = z.strictObject({
  objectives: anything,
  batchSize: count.default(32),
  batches: count.optional(),
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
