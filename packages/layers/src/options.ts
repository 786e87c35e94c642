import { checkOptions, type GradientCombiner, type Schedule, type TrainerOptions } from '@scalpel/core';
import type * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Batch, Tensors } from './batch.ts';
import type { Callbacks, YieldEvery } from './callbacks.ts';
import type { CheckpointStore } from './checkpoint/store.ts';
import type { ClassWeight } from './class-weights.ts';
import type { LayersObjective } from './objective.ts';
import type { Regularization } from './objectives.ts';
import type { DatasetLike } from './sources.ts';

type OfTrainer = Pick<TrainerOptions<Batch>, 'over' | 'gradients' | 'onNonFinite' | 'diagnostics'>;

/** What both forms of `fit` take. What is not said here is as in `model.fit`. */
export interface CommonFitOptions extends OfTrainer {
  readonly objectives: readonly LayersObjective[];
  readonly combiner: GradientCombiner;
  /** By TensorFlow.js's name, made for this call; or one of `tf.train.*`, which stays yours. */
  readonly optimizer: string | tf.Optimizer;
  /** Default 1. Epochs are counted from `initialEpoch` (default 0) up to this. */
  readonly epochs?: number;
  readonly initialEpoch?: number;
  readonly callbacks?: Callbacks;
  readonly yieldEvery?: YieldEvery;
  /** 0 silences progress bars; default 1. */
  readonly verbose?: 0 | 1;
  /** A dataset, or [x, y], or [x, y, sampleWeight]. */
  readonly validationData?: DatasetLike | readonly [Tensors, Tensors] | readonly [Tensors, Tensors, Tensors];
  /** How many batches of a validation dataset are looked at; default: all. */
  readonly validationBatches?: number;
  /** Of validation tensors; default 32. */
  readonly validationBatchSize?: number;
  readonly classWeight?: ClassWeight;
  /** The learning rate of each step. */
  readonly schedule?: Schedule;
  /** Of the order of examples and of what is random in the combiner; default 0. */
  readonly seed?: number;
  /** Makes the penalties of the model's regularisers an objective of their own; otherwise they belong to the most important objective. */
  readonly regularization?: Regularization;
  /** Stores all that training needs to go on after every so many epochs (default 1), and after the last. */
  readonly checkpoint?: { readonly to: CheckpointStore; readonly every?: number };
  /** Goes on from what `checkpoint` has stored, as if training had never stopped. Give the same data, model and options. */
  readonly resumeFrom?: CheckpointStore | undefined;
}

export interface DatasetFitOptions extends CommonFitOptions {
  /** Cuts a dataset into epochs that go on where the one before ended; default: each epoch begins it anew. */
  readonly batchesPerEpoch?: number;
}

export interface TensorFitOptions extends CommonFitOptions {
  /** Default 32. */
  readonly batchSize?: number;
  /** Default true. */
  readonly shuffle?: boolean;
  /** The share of the examples, from the end, that is not trained on but validates. */
  readonly validationSplit?: number;
  /** Weights of the examples, by output; 0 for one without a label. */
  readonly sampleWeight?: Tensors;
}

export interface EvaluateOptions {
  readonly objectives: readonly LayersObjective[];
  /** Of tensors; default 32. */
  readonly batchSize?: number;
  /** Of a dataset; default: all. */
  readonly batches?: number;
  /** Of tensors, by output. */
  readonly sampleWeight?: Tensors;
}

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
  // These are the trainer's, which looks at them.
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
