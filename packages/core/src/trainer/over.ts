import type * as tf from '@tensorflow/tfjs-core';
import type { GradientCombiner } from '../combiner.ts';
import { described } from '../described.ts';
import type { Representation } from '../direction/direction.ts';
import { isShared } from '../forward/shared.ts';
import { suggestion } from '../nearest.ts';
import { groupsOf } from '../protocol/declared.ts';

/** What inner products run over: see `TrainerOptions`. */
export type Over =
  | 'all'
  | 'shared'
  | readonly string[]
  | ((variable: tf.Variable) => boolean)
  | Representation;

/**
 * The same with the names that a function has chosen, in the order of the variables.
 */
export type SettledOver = 'all' | 'shared' | 'representation' | readonly string[];

const WORDS: readonly unknown[] = ['all', 'shared'];

export function isOver(value: unknown): boolean {
  return (
    WORDS.includes(value) || Array.isArray(value) || typeof value === 'function' || isRepresentation(value)
  );
}

/** What is wrong with a value that is no `Over`. */
export function notOver(value: unknown): string {
  const instead =
    typeof value === 'string'
      ? `. ${suggestion(value, WORDS as readonly string[])}`
      : ", but must be 'all', 'shared', a list of names, a function of a variable, or representation(…)";
  return `it is ${described(value)}${instead}`;
}

/** Asks a function for its choice, and throws unless the names are those of variables. */
export function settleOver(
  over: Over,
  variables: readonly tf.Variable[],
): { readonly over: SettledOver; readonly at?: Representation } {
  if (typeof over === 'string') return { over };
  if (isShared(over)) fail('it is a function from shared(...). Write representation(...) around it');
  if (isRepresentation(over)) return { over: 'representation', at: over };
  const known = variables.map(({ name }) => name);
  const chosen = typeof over === 'function' ? chosenBy(over, variables) : over;
  const other = chosen.findIndex((name) => !known.includes(name));
  if (other >= 0) {
    fail(
      `there is no variable named ${described(chosen[other])}. ${suggestion(String(chosen[other]), known)}`,
    );
  }
  if (chosen.length === 0) fail(`it selects no variable. Select at least one of ${known.join(', ')}.`);
  return { over: known.filter((name) => chosen.includes(name)) };
}

function isRepresentation(value: unknown): value is Representation {
  return typeof (value as Partial<Representation> | null)?.directions === 'function';
}

function chosenBy(choose: (variable: tf.Variable) => unknown, variables: readonly tf.Variable[]): string[] {
  const chosen = variables.filter((variable) => {
    const answer = choose(variable);
    if (typeof answer !== 'boolean') fail(`its answer is ${described(answer)}, but must be true or false`);
    return answer;
  });
  return chosen.map(({ name }) => name);
}

/** Throws if the combiner cannot take its inner products over some of the variables only. */
export function checkOver(combiner: GradientCombiner, over: SettledOver, variables: readonly string[]): void {
  if (typeof over === 'string') return;
  if (combiner.needs === 'elements') {
    fail(`${combiner.name} takes no inner products: it looks at single elements. Leave \`over\` out.`);
  }
  if (combiner.needs !== 'gramian') return;
  const groups = groupsOf(combiner, variables);
  const empty = variables.find(
    (_, v) => !variables.some((name, u) => groups[u] === groups[v] && over.includes(name)),
  );
  if (empty === undefined) return;
  fail(`it selects no variable in the group of "${empty}" of ${combiner.name}. Select one of each group.`);
}

/** For each variable, true if inner products run over it. Null if that is not known from the options. */
export function maskOf(
  over: SettledOver,
  variables: readonly { readonly name: string }[],
): readonly boolean[] | null {
  if (over === 'shared' || over === 'representation') return null;
  return variables.map(({ name }) => over === 'all' || over.includes(name));
}

function fail(problem: string): never {
  throw new Error(`createTrainer: option over: ${problem}`);
}
