import type { Estimate } from '../../statistics/index.ts';
import { BUDGETS } from './choose.ts';
import type { Shown } from './trials.ts';

/** What can be said of a method's setting for a budget. */
export type Verdict =
  /** The interval of the cost lies below the budget, or contains it and is narrow enough to tell. */
  | { readonly state: 'within budget' }
  /** The interval of the cost lies above the budget. */
  | { readonly state: 'over budget' }
  /** The interval contains the budget, and is too wide to tell it from no change at all. */
  | { readonly state: 'not resolved' }
  /** There is no interval. */
  | { readonly state: 'one seed' }
  /** No setting was within the budget where settings are chosen. */
  | { readonly state: 'no setting' }
  /** Seeds of the chosen setting diverged or failed. */
  | { readonly state: 'failed'; readonly runs: number; readonly of: number }
  /** Seeds of the chosen setting have not run yet. */
  | { readonly state: 'to do'; readonly runs: number; readonly of: number };

/**
 * The half-width that an interval around a budget may have. It is the distance of the budget from no change; a budget of 0
 * has none, so there it is that of the smallest other budget.
 */
const RESOLUTION = Math.min(...BUDGETS.filter((budget) => budget !== 0).map(Math.abs));

/** Judges a cost, as a share of the unit, by its interval. */
export function verdictOf({ interval }: Estimate, budget: number): Verdict {
  if (interval === null) return { state: 'one seed' };
  if (interval.low > budget) return { state: 'over budget' };
  if (interval.high <= budget) return { state: 'within budget' };
  const half = (interval.high - interval.low) / 2;
  return { state: half > (Math.abs(budget) || RESOLUTION) ? 'not resolved' : 'within budget' };
}

/** The verdict on a setting whose runs did not all finish. */
export function unfinished({ runs, failed, missing }: Shown): Verdict {
  return failed > 0
    ? { state: 'failed', runs: failed, of: runs }
    : { state: 'to do', runs: missing, of: runs };
}

const WORST: readonly Verdict['state'][] = ['over budget', 'not resolved', 'one seed', 'within budget'];

/** The verdict on a setting that has several budgets to keep: the worst of them. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return verdicts.toSorted((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state))[0]!;
}
