import type { Optimizer, TensorContainer, Variable } from '@tensorflow/tfjs-core';
import type { Objective } from './objective.ts';
import type { Schedule } from './schedule.ts';

/**
 * A problem to train on, ready to run: data loaded, variables created. The task evaluates itself; methods never do.
 * Everything it does is determined by its options and seed.
 */
export interface Task<Batch extends TensorContainer = TensorContainer> {
  readonly objectives: readonly Objective<Batch>[];
  /** What is trained, with names that do not change between runs. */
  readonly variables: readonly Variable[];
  /** Further tensors that change while training (power-iteration vectors) and belong into a checkpoint. */
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
   * The parameters. A task that has only a few, and is evaluated in no time, gives them here: its runs then record the path they took, with
   * the values of the objectives along it.
   */
  position?(): Promise<readonly number[]>;
  dispose(): void;
}

export interface Evaluation {
  readonly train: Readonly<Record<string, number>>;
  readonly test?: Readonly<Record<string, number>>;
  /** Anything else worth recording, such as accuracy. `distance` is that to a known solution or set of solutions: tables show it. */
  readonly metrics?: Readonly<Record<string, number>>;
}
