import type { Axis } from '../../plan/index.ts';
import type { Losses } from '../../statistics/index.ts';

/** The budgets: shares of the unit by which the main loss may rise. Below 0 it must fall. */
export const BUDGETS: readonly number[] = [-0.1, -0.05, -0.02, 0, 0.01, 0.02, 0.05, 0.1];

/** The most that the loss at `objective` (0 is the main one) may be. */
export interface Bound {
  readonly objective: number;
  readonly most: number;
}

/**
 * The candidate, given by its mean losses on the data that choose, with the lowest loss at `objective` of those that keep all bounds. Of equals, the one with
 * the lower losses above it, then the first. Null if none keeps the bounds.
 */
export function lowestWithin<Kind extends { readonly chosenBy: Losses }>(
  candidates: readonly Kind[],
  objective: number,
  bounds: readonly Bound[],
): Kind | null {
  const within = candidates.filter(({ chosenBy }) =>
    bounds.every((bound) => chosenBy[bound.objective]! <= bound.most),
  );
  const orderOf = ({ chosenBy }: Kind) => [chosenBy[objective]!, ...chosenBy.slice(0, objective)];
  return within.reduce<Kind | null>(
    (best, own) => (best === null || isBefore(orderOf(own), orderOf(best)) ? own : best),
    null,
  );
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((value, place) => value !== b[place]);
  return index >= 0 && a[index]! < b[index]!;
}

/** The rise that counts as 100 %, above the loss `base`. Null if it is not positive. */
export function unitOf(unit: Axis['unit'], base: number): number | null {
  const value = unit === undefined ? base : typeof unit === 'number' ? unit : unit.start - base;
  return value > 0 ? value : null;
}
