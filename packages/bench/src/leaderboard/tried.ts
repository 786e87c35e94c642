import type { PlannedEntry } from '../plan/index.ts';
import type { Known } from './score.ts';

/** The trials that chose the settings of a board. */
export interface Tried {
  /** The number of trials of each method. */
  readonly trials: number;
  /** Their seeds, which are not reported. */
  readonly seeds: readonly number[];
  /** Their runs. A run that methods share counts once. */
  readonly runs: number;
  readonly diverged: number;
  readonly failed: number;
  readonly missing: number;
}

/** The trials of an entry; null without them. */
export function triedOf({ methods, tuning }: PlannedEntry, known: Known): Tried | null {
  if (tuning === null) return null;
  const all = methods.flatMap(({ points }) => points.flatMap((point) => point.tuning ?? []));
  const keys = [...new Set(all.map(({ key }) => key))];
  const count = (state: string | undefined) =>
    keys.filter((key) => known.get(key)?.outcome.state === state).length;
  return {
    trials: tuning.trials,
    seeds: tuning.seeds,
    runs: keys.length,
    diverged: count('diverged'),
    failed: count('failed'),
    missing: count(undefined),
  };
}
