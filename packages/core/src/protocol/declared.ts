import type { GradientCombiner, GramianCombiner, Setup } from '../combiner.ts';
import { described } from '../described.ts';
import { atOnce } from './answers.ts';

// Properties that a combiner declares before the first step.

/** The memory that a combiner starts with. */
export function initialOf(combiner: GradientCombiner, setup: Setup): unknown {
  return 'init' in combiner ? atOnce(combiner, 'init', combiner.init?.(setup)) : undefined;
}

/** The number of rows that a combiner keeps between steps. */
export function rememberedBy(combiner: GramianCombiner, setup: Setup): number {
  const count = combiner.remembers?.(setup) ?? 0;
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new Error(
      `The combiner ${combiner.name} answered remembers() with ${described(count)}, but must answer with a whole number of rows from 0. Mend its remembers().`,
    );
  }
  return count;
}

/** The group of each variable. All are in one group unless the combiner has groups(). */
export function groupsOf(combiner: GramianCombiner, variables: readonly string[]): readonly number[] {
  const groups = combiner.groups?.(variables) ?? variables.map(() => 0);
  if (
    !Array.isArray(groups) ||
    groups.length !== variables.length ||
    !groups.every((group) => Number.isInteger(group) && group >= 0 && group < variables.length)
  ) {
    throw new Error(
      `The combiner ${combiner.name} answered with groups ${Array.isArray(groups) ? `[${groups}]` : described(groups)} ` +
        `for ${variables.length} variables, but must give each a whole number from 0 to ${variables.length - 1}. Mend its groups().`,
    );
  }
  return groups;
}

/** Throws unless a trainer of these variables can use what the combiner declares. */
export function checkDeclared(combiner: GradientCombiner, setup: Setup, variables: readonly string[]): void {
  initialOf(combiner, setup);
  if (combiner.needs !== 'gramian') return;
  rememberedBy(combiner, setup);
  groupsOf(combiner, variables);
}

/** The number of independent batches that a combiner takes in each step. */
export function batchesOf(combiner: GradientCombiner): number {
  const batches = combiner.needs === 'gramian' ? (combiner.batches ?? 1) : 1;
  if (Number.isSafeInteger(batches) && batches > 0) return batches;
  throw new Error(
    `The combiner ${combiner.name} says that it takes ${described(batches)} batches a step, but that must be a whole number from 1. Mend its \`batches\`.`,
  );
}
