import type { Trouble } from '../leaderboard/index.ts';

/** The number of runs that are named if the same happened to more. */
const NAMED = 3;

/**
 * One line for each kind of trouble: "a, seed 0 diverged at step 1: …", or the number of runs with the first
 * of them.
 */
export function troubleLines(troubles: readonly Trouble[]): string[] {
  return [...Map.groupBy(troubles, ({ what }) => what)].map(([what, alike]) => {
    const names = alike.map(({ run }) => run);
    if (names.length === 1) return `${names[0]} ${what}`;
    const more = names.length > NAMED ? `; and ${names.length - NAMED} more` : '';
    return `${names.length} runs (${names.slice(0, NAMED).join('; ')}${more}) ${what}`;
  });
}
