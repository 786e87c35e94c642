import * as tf from '@tensorflow/tfjs-core';
import type { Setup } from '../combiner.ts';
import type { DirectionComputation } from '../direction/direction.ts';
import type { Outputs } from '../forward/forward.ts';
import { checkExamples } from '../protocol/check-examples.ts';
import { checkKeeps } from '../protocol/check-keeps.ts';
import { batchesOf, checkDeclared } from '../protocol/declared.ts';
import { checkUnchanged, setupOf } from '../protocol/setup.ts';
import type { Settled } from './options.ts';
import { checkOver, maskOf } from './over.ts';
import { warner } from './warn.ts';

/** Everything that a trainer knows: its options, and its progress. */
export interface Training<Batch> {
  readonly options: Settled<Batch>;
  readonly setup: Setup;
  /** Number of independent batches that a step takes. */
  readonly batchCount: number;
  /** See `directionsOf`. Null before the first step. */
  directions: DirectionComputation | null;
  /** Throws if the objectives are no longer those given at the start. */
  readonly checkObjectives: () => void;
  readonly warn: (key: string, message: string) => void;
  /** Number of steps made. */
  step: number;
  /** For each variable, true if inner products run over it. Null while that is not known. */
  shared: readonly boolean[] | null;
  /** For each variable, true if it is not trainable in this step. */
  frozen: readonly boolean[];
  /** The outputs of the latest step. */
  outputs: readonly Outputs[];
  /** Names of the objectives whose losses have depended on a variable. */
  readonly reaching: Set<string>;
}

export function startTraining<Batch>(options: Settled<Batch>): Training<Batch> {
  const { objectives, combiner, variables, over, at } = options;
  const batchCount = batchesOf(combiner);
  const setup = setupOf(objectives, batchCount);
  const checkObjectives = checkUnchanged(objectives);
  combiner.check?.(setup);
  checkExamples(combiner, setup);
  const names = variables.map(({ name }) => name);
  at?.check(combiner, setup, options.coefficients !== undefined);
  checkOver(combiner, over, names);
  if (options.coefficients) checkKeeps(combiner, setup);
  checkDeclared(combiner, setup, names);
  return {
    options,
    setup,
    batchCount,
    directions: null,
    checkObjectives,
    warn: warner(),
    step: 0,
    shared: maskOf(over, variables),
    frozen: [],
    outputs: [],
    reaching: new Set(),
  };
}

/** Frees the outputs of the latest step. */
export function forgetOutputs<Batch>(training: Training<Batch>): void {
  tf.dispose(training.outputs as tf.TensorContainer);
  training.outputs = [];
}
