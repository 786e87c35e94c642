import type * as tf from '@tensorflow/tfjs-core';
import type { GradientCombiner } from './combiner.ts';
import type { Objective } from './objective.ts';
import { checkOptimizer, type OptimizerState } from './optimizer.ts';
import type { Row } from './rows/kernels.ts';
import { checkVariables, type SavedTensor, saveTensor, tensorOf } from './saved-tensor.ts';

/**
 * Everything that training needs to go on as if it had never stopped, bit for bit on the same backend. Plain data
 * (JSON values and Float32Arrays): store it with `node:v8`'s serialize, in IndexedDB, or as you like.
 */
export interface Checkpoint {
  readonly format: 1;
  readonly combiner: string;
  readonly objectives: readonly string[];
  readonly seed: number;
  readonly step: number;
  readonly over: 'all' | 'shared';
  /** Names of the variables that several objectives reach; null while that is not settled. */
  readonly shared: readonly string[] | null;
  readonly variables: Readonly<Record<string, SavedTensor>>;
  readonly state: Readonly<Record<string, SavedTensor>>;
  readonly optimizer: OptimizerState;
  /** Remembered rows, each one tensor per variable; null for zeros. */
  readonly remembered: readonly (readonly (SavedTensor | null)[])[];
  /** The combiner's memory, one per group of variables. */
  readonly memory: readonly unknown[];
}

/** What a checkpoint has to fit. */
export interface Restorable {
  readonly combiner: GradientCombiner;
  readonly objectives: readonly Objective<never>[];
  readonly variables: readonly tf.Variable[];
  readonly state: readonly tf.Variable[];
  readonly optimizer: tf.Optimizer;
  readonly seed: number;
  readonly over: 'all' | 'shared';
  readonly remembered: readonly Row[];
  readonly memory: readonly unknown[];
}

export function checkCheckpoint(checkpoint: Checkpoint, trainer: Restorable): void {
  if (checkpoint.format !== 1) {
    throw new Error(
      `The checkpoint has format ${checkpoint.format}, but this version of Scalpel reads format 1.`,
    );
  }
  const same = (what: string, saved: unknown, own: unknown) => {
    if (String(saved) === String(own)) return;
    throw new Error(
      `The checkpoint was made with ${what} ${saved}, but the trainer has ${own}. Create it with the same.`,
    );
  };
  same('the combiner', checkpoint.combiner, trainer.combiner.name);
  same(
    'the objectives',
    checkpoint.objectives,
    trainer.objectives.map(({ name }) => name),
  );
  same('the seed', checkpoint.seed, trainer.seed);
  same('over', checkpoint.over, trainer.over);
  same('a number of remembered rows of', checkpoint.remembered.length, trainer.remembered.length);
  same('a number of groups of variables of', checkpoint.memory.length, trainer.memory.length);
  checkVariables('variables', trainer.variables, checkpoint.variables);
  // Remembered rows, groups and the optimizer's accumulators go by position.
  const own = trainer.variables.map(({ name }) => [name, null] as const);
  same('the variables in the order', Object.keys(checkpoint.variables), Object.keys(Object.fromEntries(own)));
  checkVariables('state variables', trainer.state, checkpoint.state);
  checkOptimizer(trainer.optimizer, checkpoint.optimizer);
}

export async function saveRows(rows: readonly Row[]): Promise<(SavedTensor | null)[][]> {
  return Promise.all(rows.map((row) => Promise.all(row.map((tensor) => tensor && saveTensor(tensor)))));
}

export function restoreRows(rows: Checkpoint['remembered']): Row[] {
  return rows.map((row) => row.map((saved) => saved && tensorOf(saved)));
}
