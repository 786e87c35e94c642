import type { Optimizer, TensorContainer, Variable } from '@tensorflow/tfjs-core';
import type { Objective } from './objective.ts';
import type { Schedule } from './schedule.ts';

/**
 * A problem to train on, ready to run: data loaded, variables created. The task evaluates itself; methods
 * never do. Everything it does is determined by its options and seed.
 */
export interface Task<Batch extends TensorContainer = TensorContainer> {
  readonly objectives: readonly Objective<Batch>[];
  /** The variables to train. Their names do not change between runs. */
  readonly variables: readonly Variable[];
  /**
   * Further variables that change while training, such as vectors of a power iteration; checkpoints hold
   * them.
   */
  readonly state?: readonly Variable[];
  /** A fresh optimizer, tuned for the main objective alone and the same for every method. */
  optimizer(): Optimizer;
  readonly schedule?: Schedule;
  /** Length of a full run. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  /** The batch of a step: a function of (seed, step) alone. Its tensors belong to the caller. */
  batch(step: number): Batch;
  /** Values of the objectives, by name, on the data trained on and, where there is one, on held-out data. */
  evaluate(): Promise<Evaluation>;
  /**
   * The parameters, for a task that has only a few and is evaluated quickly: its runs then record the path of
   * the parameters, with the values of the objectives along it.
   */
  position?(): Promise<readonly number[]>;
  dispose(): void;
}

export interface Evaluation {
  readonly train: Readonly<Record<string, number>>;
  readonly test?: Readonly<Record<string, number>>;
  /**
   * Anything else worth recording, such as accuracy. `distance` is that to a known solution or set of
   * solutions: tables show it.
   */
  readonly metrics?: Readonly<Record<string, number>>;
}
