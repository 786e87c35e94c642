import type * as tf from '@tensorflow/tfjs-core';
import type { GradientCombiner } from '../combiner.ts';
import { described, isPromise } from '../described.ts';
import type { Objective } from '../objective.ts';
import type { Row } from '../rows/kernels.ts';
import type { Checkpoint } from './checkpoint.ts';
import { damageIn } from './checkpoint-damage.ts';
import type { SettledOver } from './over.ts';
import { checkOptimizerState } from './restore-optimizer.ts';
import { checkAlike, checkSaved, damaged } from './restore-tensor.ts';

/** The parts of a trainer that a checkpoint must fit. */
export interface Restorable {
  readonly combiner: GradientCombiner;
  readonly objectives: readonly Objective<never>[];
  readonly variables: readonly tf.Variable[];
  readonly state: readonly tf.Variable[];
  readonly optimizer?: tf.Optimizer;
  readonly seed: number;
  readonly over: SettledOver;
  readonly remembered: readonly Row[];
  readonly memory: readonly unknown[];
  /** The memory that the combiner starts with. */
  readonly initial: unknown;
}

/** Throws unless the checkpoint is complete and fits this trainer. */
export function checkCheckpoint(checkpoint: Checkpoint, trainer: Restorable): void {
  const given: unknown = checkpoint;
  if (typeof given !== 'object' || given === null || isPromise(given)) {
    throw new Error(
      `There is no checkpoint to restore, but ${described(given)}. Give what \`await trainer.checkpoint()\` answers.`,
    );
  }
  const { format } = checkpoint as Partial<Checkpoint>;
  if (format !== 1) {
    throw new Error(
      `The checkpoint has format ${described(format)}, but this version of Scalpel reads format 1.`,
    );
  }
  const damage = damageIn(checkpoint);
  if (damage !== undefined) throw damaged(damage);
  const same = (what: string, there: unknown, own: unknown) => {
    if (String(there) === String(own)) return;
    throw new Error(
      `The checkpoint was made with ${what} ${there}, but the trainer has ${own}. Create it with the same.`,
    );
  };
  const { variables } = trainer;
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
  checkSaved('variables', variables, checkpoint.variables);
  // Remembered rows, groups and the optimizer's accumulators are stored by position.
  const own = variables.map(({ name }) => [name, null] as const);
  same('the variables in the order', Object.keys(checkpoint.variables), Object.keys(Object.fromEntries(own)));
  checkShared(checkpoint, variables);
  checkSaved('state variables', trainer.state, checkpoint.state);
  checkOptimizerState(trainer.optimizer, checkpoint.optimizer, variables);
  for (const [a, row] of checkpoint.remembered.entries()) checkAlike(`remembered.${a}`, variables, row);
  for (const [group, memory] of checkpoint.memory.entries()) {
    const problem = unlike(memory, trainer.initial);
    if (problem === null) continue;
    throw damaged(`memory.${group}${problem}, which the combiner ${trainer.combiner.name} never has there`);
  }
}

/**
 * Throws unless the shared variables are among the variables. Once they are known, they are some of these.
 * They are those of `over` if that names them.
 */
function checkShared({ over, shared }: Checkpoint, variables: readonly tf.Variable[]): void {
  const names = variables.map(({ name }) => name);
  const unknown = shared?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw damaged(`shared: there is no variable "${unknown}"`);
  if (shared && new Set(shared).size !== shared.length) throw damaged('shared: a variable is there twice');
  if (shared?.length === 0)
    throw damaged('shared: it is empty, but some variables are shared wherever that is settled');
  const wanted =
    over === 'shared' ? shared : over === 'all' ? names : over === 'representation' ? null : over;
  if (String(shared) === String(wanted)) return;
  throw damaged(`shared: it is ${shared ? `[${shared}]` : 'null'}, but \`over\` says [${wanted}]`);
}

/**
 * The first place where a memory cannot have come from the initial memory of the combiner. Kinds of values do
 * not change, and numbers are finite. Null if there is no such place.
 */
function unlike(memory: unknown, initial: unknown): string | null {
  const isNew = initial === undefined || initial === null;
  const isAlike = typeof memory === typeof initial && Array.isArray(memory) === Array.isArray(initial);
  if (!isNew && (!isAlike || memory === null)) return ` is ${described(memory)}`;
  if (typeof memory === 'number') {
    return Number.isFinite(memory) || Object.is(memory, initial) ? null : ` is ${memory}`;
  }
  if (typeof memory !== 'object' || memory === null) return null;
  const before = (initial ?? {}) as Record<string, unknown>;
  for (const key of new Set([...Object.keys(before), ...Object.keys(memory)])) {
    // Lists may have become shorter.
    if (Array.isArray(initial) && !(key in (memory as object))) continue;
    const damage = unlike((memory as Record<string, unknown>)[key], before[key]);
    if (damage !== null) return `.${key}${damage}`;
  }
  return null;
}
