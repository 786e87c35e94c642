import type { Price, PriceAt } from '../leaderboard/price/price.ts';
import { priceOf } from '../leaderboard/price/price-of.ts';
import type { RunSpec } from '../plan/spec.ts';
import type { SuiteEntry } from '../plan/suite.ts';
import type { Outcome } from '../records/record.ts';
import { type Answer, planOf, recordsOf } from './leaderboard.ts';
import { toySuite } from './suite.ts';

/** Main alone, plain mixing and one more method, with the same values of lambda. */
export const pricedEntry = (lambda: readonly number[], changes: Partial<SuiteEntry> = {}): SuiteEntry => ({
  ...toySuite().entries[0]!,
  methods: [
    { label: 'Alone', combiner: 'other', options: { lambda: 0 } },
    { label: 'Plain', combiner: 'mixed', sweep: { lambda } },
    { label: 'Ours', combiner: 'weighted', sweep: { lambda } },
  ],
  price: { alone: 'Alone', named: 'Ours' },
  ...changes,
});

/** The method of a spec of such an entry. */
export function methodOf({ combiner }: RunSpec): 'Alone' | 'Plain' | 'Ours' {
  return combiner.id === 'other' ? 'Alone' : combiner.id === 'mixed' ? 'Plain' : 'Ours';
}

/** The main and the auxiliary loss of a run, the same on all data. */
export type LossesOf = (spec: RunSpec, lambda: number) => readonly number[] | Outcome | null;

/** An answer with these losses on the splits. */
export function answerOf(losses: LossesOf, splits: readonly string[] = ['train']): Answer {
  return (spec, lambda) => {
    const own = losses(spec, lambda);
    if (own === null || 'state' in own) return own;
    return Object.fromEntries(
      splits.flatMap((split) => own.map((loss, index) => [`${split}/${['main', 'side'][index]}`, loss])),
    );
  };
}

/** The prices of the one board of such an entry. Throws if it has none. */
export function priceWith(entry: SuiteEntry, answer: Answer): Price {
  const plan = planOf([entry]);
  const known = new Map(recordsOf(plan, answer).map((record) => [record.key, record]));
  const price = priceOf(plan.entries[0]!, known);
  if (price?.state !== 'priced') throw new Error(`no prices: ${price?.reason}`);
  return price;
}

/** What a method got within a budget. */
export function priceAt({ methods }: Price, label: string, budget: number): PriceAt {
  return methods.find((method) => method.label === label)!.prices.find((price) => price.budget === budget)!;
}
