import type { GradientCombiner, Schedule, TrainerOptions } from '@scalpel/core';
import type * as tf from '@tensorflow/tfjs-core';
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
