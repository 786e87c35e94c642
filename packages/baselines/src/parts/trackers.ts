import { type GramianStep, type Setup, unit } from '@scalpel/core';

/*
 * Trackers: one remembered row per objective, in the order of the setup. Each follows the gradient of its
 * objective. They are combinations of the rows of the Gramian, given as coefficients over these.
 */

/** The number of rows that a method with trackers remembers. */
export function trackerCount({ rows }: Setup): number {
  return rows.length;
}

export interface Trackers {
  /** The next trackers of all objectives. The trackers of absent objectives stay. */
  readonly remember: readonly (readonly number[])[];
  /** The next trackers of the objectives present, in the order of their rows. */
  readonly present: readonly (readonly number[])[];
}

/** old · tracker + fresh · gradient, with the two factors of each row present. */
export function moveTrackers(
  { gramian, rows, setup }: GramianStep,
  factors: (row: number) => { readonly old: number; readonly fresh: number },
): Trackers {
  const tracker = new Map(setup.rows.map(({ objective }, index) => [objective, rows.length + index]));
  const remember = setup.rows.map((_, index) => unit(gramian.size, rows.length + index));
  const present = rows.map(({ objective }, row) => {
    const { old, fresh } = factors(row);
    const own = remember[tracker.get(objective)! - rows.length]!;
    own[tracker.get(objective)!] = old;
    own[row] = fresh;
    return own;
  });
  return { remember, present };
}
