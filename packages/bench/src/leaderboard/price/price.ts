import type { Estimate, Losses, PairedDifference } from '../../statistics/index.ts';
import type { Data } from './trials.ts';
import type { Verdict } from './verdict.ts';

/** What the auxiliary objective gets for a rise of the main loss, on one board. */
export interface Price {
  readonly state: 'priced';
  /** The data that choose settings, and the data that the numbers are from. */
  readonly data: Data;
  /** The seeds that choose settings, and those that the numbers are from. */
  readonly seeds: { readonly chosen: readonly number[]; readonly shown: readonly number[] };
  /** The method with the main objective alone, at its setting with the lowest main loss. */
  readonly alone: {
    readonly label: string;
    readonly setting: string;
    readonly main: Estimate;
    readonly auxiliary: Estimate;
  };
  /** The rise of the main loss, on the data that are shown, that counts as 100 %. */
  readonly unit: number;
  /** The label of plain mixing; null without it. */
  readonly mixing: string | null;
  /** The label of the method whose comparison with plain mixing counts, named before the runs. */
  readonly named: string | null;
  /** The other methods, in the order of the suite. */
  readonly methods: readonly PricedMethod[];
  /** The prices of the objective below the auxiliary one. Null on a board of two objectives. */
  readonly lower: LowerPrice | Unpriced | null;
}

/** No prices, though the objectives have priorities. */
export interface Unpriced {
  readonly state: 'unpriced';
  readonly reason: string;
}

export interface PricedMethod {
  readonly label: string;
  /** One for each budget. */
  readonly prices: readonly PriceAt[];
}

/** The setting of a method that was chosen, and what can be said of it. */
export interface Choice {
  readonly verdict: Verdict;
  /** The method and the setting; the method may be main alone. Null if no setting was within the budget. */
  readonly method: string | null;
  readonly setting: string | null;
  /** The mean losses on the data that chose it, the main one first. */
  readonly chosenBy: Losses | null;
}

/** What a method got within one budget. What was measured is null unless all its runs finished. */
export interface PriceAt extends Choice {
  /** The budget, as a share of the unit. */
  readonly budget: number;
  readonly auxiliary: Estimate | null;
  /** The main loss minus that of main alone, seed by seed, as a share of the unit. */
  readonly cost: Estimate | null;
  /** The auxiliary loss minus that of main alone, seed by seed. */
  readonly gain: Tested | null;
  /** The auxiliary loss minus that of plain mixing within the same budget, seed by seed. Null for mixing. */
  readonly besideMixing: Tested | null;
  /** The mean distance from the known answer; null without one. */
  readonly distance: number | null;
  /** The mean accuracies of a classifier on the data that are shown, from 0 to 1, by name. */
  readonly accuracies: Readonly<Record<string, number>>;
}

/** A difference with its test. p is null where both sides are the same runs. */
export type Tested = PairedDifference & {
  /** p after Holm's correction for all methods and budgets; the same pair of settings counts once. */
  readonly corrected: number | null;
};

/**
 * What the objective below the auxiliary one gets. The auxiliary loss may rise above the lowest that plain
 * mixing has within the budget of the main loss.
 */
export interface LowerPrice {
  readonly state: 'priced';
  readonly objective: string;
  readonly methods: readonly { readonly label: string; readonly prices: readonly LowerPriceAt[] }[];
}

/** What a method got within two budgets. What was measured is null unless all its runs finished. */
export interface LowerPriceAt extends Choice {
  /** The budgets of the main and of the auxiliary loss, as shares of their units. */
  readonly budgets: readonly [number, number];
  readonly loss: Estimate | null;
  /** The two losses minus those that budgets count from, seed by seed, as shares of their units. */
  readonly costs: readonly [Estimate, Estimate] | null;
  /** The loss minus that of plain mixing within the same budgets, seed by seed. Null for mixing. */
  readonly besideMixing: Tested | null;
}
