import type { Optimizer, TensorContainer, Variable } from '@tensorflow/tfjs-core';
import type { Objective } from './objective.ts';
import type { Schedule } from './schedule.ts';

/**
 * A problem to train on, ready to run: data loaded, variables created. The task evaluates itself; methods
 * never do. Its options and seed determine everything it does.
 */
export interface Task<Batch extends TensorContainer = TensorContainer> {
  readonly objectives: readonly Objective<Batch>[];
  /** The variables to train. Their names do not change between runs. */
  readonly variables: readonly Variable[];
  /**
   * Further variables that change during training, such as the vectors of a power iteration. Checkpoints
   * contain them.
   */
  readonly state?: readonly Variable[];
  /** A new optimizer, tuned for the main objective alone and the same for every method. */
  optimizer(): Optimizer;
  readonly schedule?: Schedule;
  /** Number of steps of a full run. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** The batch of a step. It depends on (seed, step) alone. Its tensors belong to the caller. */
  batch(step: number): Batch;
  /**
   * The values of the objectives, by name, on the training data and, if there is any, on held-out data. It
   * changes no variable and draws no random number of the training. `most` is the largest number of examples
   * of each part that are worth the time, for curves; a task may use more.
   */
  evaluate(most?: number): Promise<Evaluation>;
  /**
   * The parameters, for a task that has only a few and is quick to evaluate. Its runs then record the path of
   * the parameters, with the values of the objectives along it.
   */
  position?(): Promise<readonly number[]>;
  dispose(): void;
}

export interface Evaluation {
  readonly train: Readonly<Record<string, number>>;
  /** Values on examples that choose settings. Neither training nor the final comparison sees these examples. */
  readonly validation?: Readonly<Record<string, number>>;
  readonly test?: Readonly<Record<string, number>>;
  /**
   * Other values worth recording, such as accuracy. `distance` is the distance to a known solution or set of
   * solutions, which tables show.
   */
  readonly metrics?: Readonly<Record<string, number>>;
}
