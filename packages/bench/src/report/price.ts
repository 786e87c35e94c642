import type { Board, Price, PriceAt, PricedMethod, Verdict } from '../leaderboard/index.ts';
import { BUDGETS } from '../leaderboard/index.ts';
import type { Estimate, Interval } from '../statistics/index.ts';
import { formatChange, formatEstimate, formatNumber, formatSeeds } from '../text/index.ts';
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
    basis: [
      budgetsOf(price, axes),
      ...choiceOf(price, axes),
      ...intervalsOf(price),
      ...emptyOf(methods),
      ...marksOf(methods),
    ],
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

/** What a budget is. */
function budgetsOf({ alone, unit }: Price, [{ objective, unit: rule }]: Board['axes']): string {
  const base = `above that of ${nameOf(alone)}, ${formatEstimate(alone.main)}`;
  const begin = `A budget of 5 % lets the ${objective} rise`;
  if (rule === undefined) return `${begin} by 5 % ${base}.`;
  if (typeof rule === 'number') return `${begin} by ${formatNumber(unit / 20)} ${base}.`;
  return `${begin} ${base}, by 5 % of the fall from ${formatNumber(rule.start)} at the start.`;
}

/** What ± stands for. */
function intervalsOf({ alone, seeds }: Price): string[] {
  if (seeds.shown.length === 1) return [];
  return [`± is half of the 95 % interval of the difference to ${alone.label}, seed by seed.`];
}

/** The budgets within which no method has a setting. They have no column. */
function emptyOf(methods: readonly PricedMethod[]): string[] {
  const empty = BUDGETS.filter((_, index) => methods.every(({ prices }) => prices[index]!.method === null));
  return empty.length > 0 ? [`No method has a setting within ${empty.map(formatChange).join(', ')}.`] : [];
}

/** How settings were chosen, and on which seeds and data. */
function choiceOf({ alone, data, seeds }: Price, [main, auxiliary]: Board['axes']): string[] {
  const same = seeds.chosen.join() === seeds.shown.join();
  return [
    `For each method and budget one setting was chosen by its means over ${seedsText(seeds.chosen)} on ${data.chosen} data: the one with the lowest ${auxiliary.objective} whose ${main.objective} is within the budget. ${alone.label} counts as a setting of every method.`,
    data.chosen === data.shown && same
      ? 'The numbers that chose are also those that are shown, which favours methods with more settings.'
      : `Shown are ${data.shown} data of ${same ? 'the same seeds' : seedsText(seeds.shown)}.`,
    ...(data.chosen === 'train' && data.shown === 'test' ? ['There are no validation data.'] : []),
  ];
}

const SAID = {
  'over budget': '↑ over budget: the 95 % interval of the real rise lies above it.',
  'not resolved':
    '? not resolved: this interval contains the budget, and half of it is more than the budget (than 1 % for a budget of 0).',
} as const;

/** The meaning of all marks. */
export const MARKS_SAID: string = Object.values(SAID).join(' ');

/** The meaning of the marks that the table has. */
function marksOf(methods: readonly PricedMethod[]): string[] {
  const states = new Set(methods.flatMap(({ prices }) => prices.map(({ verdict }) => verdict.state)));
  return (['over budget', 'not resolved'] as const).flatMap((state) =>
    states.has(state) ? SAID[state] : [],
  );
}

function seedsText(seeds: readonly number[]): string {
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${formatSeeds(seeds)}`;
}

function nameOf({ label, setting }: Price['alone']): string {
  return setting === '' ? label : `${label} at ${setting}`;
}
