import type { Board, PriceAt, Verdict } from '../leaderboard/index.ts';
import { BUDGETS } from '../leaderboard/index.ts';
import type { Estimate, Interval } from '../statistics/index.ts';
import { formatChange, formatEstimate, formatNumber } from '../text/index.ts';
import { basisOf } from './price-basis.ts';
import type { Column, Table } from './table.ts';

/** The order in which budgets leave a table that is too narrow for all; a page of many boards keeps four. */
const SPARE: Readonly<Record<string, number>> = {
  '-0.1': 9,
  '-0.05': 8,
  '-0.02': 7,
  '0.1': 6,
  '0.02': 3,
  '0': 2,
};

/** What the auxiliary loss gets within each budget. Null without prices. */
export function priceTable({ price, axes }: Board): Table | null {
  if (price?.state !== 'priced') return null;
  const { alone, data, methods } = price;
  const [main, auxiliary] = axes.map(({ objective }) => objective);
  const all = BUDGETS.map((budget, index) => ({ budget, index }));
  const bought = all.filter(({ index }) => methods.some(({ prices }) => prices[index]!.method !== null));
  return {
    title: `The ${auxiliary} that a rise of the ${main} buys, on ${data.shown} data`,
    columns: [
      {
        head: 'method',
        align: 'left',
        spare: 0,
        cells: [alone.label, ...methods.map(({ label }) => label)],
      },
      ...bought.map(
        ({ budget, index }): Column => ({
          head: formatChange(budget),
          align: 'left',
          spare: SPARE[budget] ?? 0,
          cells: [
            budget < 0 ? NO_SETTING : formatNumber(alone.auxiliary.value),
            ...methods.map(({ prices }) => priceCell(prices[index]!)),
          ],
        }),
      ),
    ],
    basis: basisOf(price, axes),
  };
}

/** The reasons why a board has no prices, or none for its third objective, where they have priorities. */
export function priceNotices({ price }: Board): string[] {
  const lower = price?.state === 'priced' ? price.lower : null;
  return [price, lower].flatMap((one) => (one?.state === 'unpriced' ? [one.reason] : []));
}

const NO_SETTING = 'no setting';
const MARKS = { 'over budget': '↑', 'not resolved': '?' } as const;

/** The auxiliary loss within a budget, with the interval of its difference to main alone. */
export function priceCell({ auxiliary, gain, verdict }: PriceAt): string {
  return cellOf(auxiliary, gain?.difference, verdict);
}

/**
 * A loss with the mark of its verdict, or the verdict where there is no loss. The interval is that of the
 * difference that counts, around the loss.
 */
export function cellOf(
  loss: Estimate | null,
  difference: Estimate | null | undefined,
  verdict: Verdict,
): string {
  if (loss === null) return verdictText(verdict);
  const mark = MARKS[verdict.state as keyof typeof MARKS];
  return [formatEstimate(around(loss, difference?.interval ?? null)), ...(mark ? [mark] : [])].join(' ');
}

/** The value of a loss, with an interval as wide as the given one. */
function around({ value }: Estimate, interval: Interval | null): Estimate {
  if (interval === null) return { value, interval };
  const half = (interval.high - interval.low) / 2;
  // Runs beside themselves have no interval.
  return { value, interval: half === 0 ? null : { ...interval, low: value - half, high: value + half } };
}

export function verdictText(verdict: Verdict): string {
  if (verdict.state === 'failed') return `failed in ${verdict.runs} of ${verdict.of}`;
  if (verdict.state === 'to do') return `${verdict.runs} of ${verdict.of} to do`;
  return verdict.state;
}
