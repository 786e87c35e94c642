import type { GradientCombiner, Schedule, TrainerOptions } from '@scalpel/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Batch, Tensors } from './batch.ts';
import type { Callbacks, YieldEvery } from './callbacks.ts';
import type { CheckpointStore } from './checkpoint/store.ts';
import type { ClassWeight } from './class-weights.ts';
import type { LayersObjective } from './objective.ts';
import type { Regularization } from './objectives.ts';
import type { DatasetLike } from './sources.ts';

type OfTrainer = Pick<
  TrainerOptions<Batch>,
  'over' | 'gradients' | 'coefficients' | 'onNonFinite' | 'diagnostics'
>;

/** The options of both forms of `fit`. Options without a comment work as in `model.fit`. */
export interface CommonFitOptions extends OfTrainer {
  readonly objectives: readonly LayersObjective[];
  readonly combiner: GradientCombiner;
  /**
   * A name that TensorFlow.js knows: `fit` then makes the optimizer for this call. Or one of `tf.train.*`,
   * which stays yours.
   */
  readonly optimizer: string | tf.Optimizer;
  /**
   * The number of the last epoch, default 1. Epochs are counted from `initialEpoch` (default 0) up to this.
   */
  readonly epochs?: number;
  readonly initialEpoch?: number;
  readonly callbacks?: Callbacks;
  readonly yieldEvery?: YieldEvery;
  /** 0 turns progress bars off; default 1. */
  readonly verbose?: 0 | 1;
  /** A dataset, [x, y] or [x, y, sampleWeight]. */
  readonly validationData?: DatasetLike | readonly [Tensors, Tensors] | readonly [Tensors, Tensors, Tensors];
  /** The largest number of batches to take from a validation dataset; default: all. */
  readonly validationBatches?: number;
  /** The batch size for validation tensors; default 32. */
  readonly validationBatchSize?: number;
  readonly classWeight?: ClassWeight;
  /** The schedule that gives the learning rate of each step. */
  readonly schedule?: Schedule;
  /** The seed for the order of examples and for random numbers of the combiner; default 0. */
  readonly seed?: number;
  /**
   * Makes the penalties of the model's regularisers a separate objective. Without it they are added to the
   * most important objective.
   */
  readonly regularization?: Regularization;
  /**
   * Stores all that training needs to continue, after every `every` epochs (default 1) and after the last.
   */
  readonly checkpoint?: { readonly to: CheckpointStore; readonly every?: number };
  /**
   * Continues from a checkpoint that `checkpoint` has stored, as if training had never stopped. Give the same
   * data, model and options.
   */
  readonly resumeFrom?: CheckpointStore | undefined;
}

/** Options of `fit` on a dataset. */
export interface DatasetFitOptions extends CommonFitOptions {
  /**
   * The number of batches in an epoch. Each epoch then continues in the dataset where the last one ended.
   * Default: each epoch starts the dataset again.
   */
  readonly batchesPerEpoch?: number;
}

/** Options of `fit` on tensors. */
export interface TensorFitOptions extends CommonFitOptions {
  /** Examples in a batch; default 32. */
  readonly batchSize?: number;
  /** Shuffles the examples before each epoch; default true. */
  readonly shuffle?: boolean;
  /**
   * The share of the examples, between 0 and 1, that is kept from training and used for validation. They are
   * taken from the end.
   */
  readonly validationSplit?: number;
  /**
   * Weights of the examples, for each output: shape [examples]. The weight 0 marks an example without a
   * label.
   */
  readonly sampleWeight?: Tensors;
}

/** Options of `evaluate`. */
export interface EvaluateOptions {
  readonly objectives: readonly LayersObjective[];
  /** Examples in a batch, for tensors; default 32. */
  readonly batchSize?: number;
  /** The largest number of batches to take from a dataset; default: all. */
  readonly batches?: number;
  /** Weights of the examples in tensors, for each output: shape [examples]. */
  readonly sampleWeight?: Tensors;
}
