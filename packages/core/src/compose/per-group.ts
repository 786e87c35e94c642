import type { GradientCombiner, GramianCombiner } from '../combiner.ts';
import { described } from '../described.ts';
import { suggestion } from '../nearest.ts';
import { ungrouped } from './inner.ts';

/**
 * Groups of variables. A record gives each group, by its name, what the names of its variables begin with: one
 * beginning, or a list. If several begin a name, the longest decides; '' is for the rest. A function gives the
 * name of a variable's group.
 */
export type VariableGroups =
  | Readonly<Record<string, string | readonly string[]>>
  | ((variable: string) => string);

/**
 * Gives each group of variables its own Gramian, answer, remembered rows and memory, such as the encoder and
 * the heads of a model: `perGroup(mgda(), { encoder: 'encoder/', heads: ['left/', 'right/'] })`. Reports have
 * the groups in this order. Each variable must be in a group, and each beginning must decide for a variable.
 */
export function perGroup(combiner: GradientCombiner, groups: VariableGroups): GramianCombiner {
  const inner = ungrouped('perGroup', combiner);
  const nameOf = typeof groups === 'function' ? byFunction(groups) : byBeginning(groups);
  return {
    ...inner,
    name: `perGroup(${inner.name})`,
    groups(variables) {
      const names = nameOf(variables);
      const order = typeof groups === 'function' ? [...new Set(names)] : Object.keys(groups);
      return names.map((name) => order.indexOf(name));
    },
  };
}

type NameOf = (variables: readonly string[]) => readonly string[];

function byFunction(groups: (variable: string) => string): NameOf {
  return (variables) =>
    variables.map((variable) => {
      const name: unknown = groups(variable);
      if (typeof name === 'string') return name;
      throw new Error(
        `perGroup: the function answers with ${described(name)} for the variable "${variable}". Give the name of its group.`,
      );
    });
}

function byBeginning(groups: Readonly<Record<string, string | readonly string[]>>): NameOf {
  const entries = entriesOf(groups);
  return (variables) => {
    const deciders = variables.map((variable) =>
      entries.reduce<Entry | null>(
        (best, entry) =>
          variable.startsWith(entry.beginning) && (!best || entry.beginning.length > best.beginning.length)
            ? entry
            : best,
        null,
      ),
    );
    const idle = entries.find((entry) => !deciders.includes(entry));
    if (idle) {
      throw new Error(
        `perGroup: "${idle.beginning}" of group "${idle.group}" decides for no variable: no name begins with it, or each has a longer beginning. ${suggestion(idle.beginning, pathsOf(variables))}`,
      );
    }
    return deciders.map((decider, index) => {
      if (decider) return decider.group;
      const known = entries.map(({ beginning }) => `"${beginning}"`).join(', ');
      throw new Error(
        `perGroup: the variable "${variables[index]}" is in no group: its name begins with none of ${known}. Add a beginning of its name to a group, or '' for the rest.`,
      );
    });
  };
}

interface Entry {
  readonly group: string;
  readonly beginning: string;
}

function entriesOf(groups: Readonly<Record<string, string | readonly string[]>>): readonly Entry[] {
  const entries = Object.entries(Object(groups)).flatMap(([group, given]) =>
    [given].flat().map((beginning: unknown): Entry => {
      if (typeof beginning === 'string') return { group, beginning };
      throw new Error(
        `perGroup: group "${group}" has ${described(beginning)}, but must have what the names of its variables begin with: a text, or a list of texts.`,
      );
    }),
  );
  if (entries.length > 0) return entries;
  throw new Error(
    "perGroup: there are no groups. Give what the names of their variables begin with, as in { encoder: 'encoder/', rest: '' }.",
  );
}

/** The names, and their paths up to each slash. */
function pathsOf(variables: readonly string[]): readonly string[] {
  const paths = variables.flatMap((name) =>
    [...name.matchAll(/\//g)].map(({ index }) => name.slice(0, index + 1)),
  );
  return [...new Set([...paths, ...variables])];
}
