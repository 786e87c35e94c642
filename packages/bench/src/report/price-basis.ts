import type { Board, Price, PricedMethod } from '../leaderboard/index.ts';
import { BUDGETS } from '../leaderboard/index.ts';
import { formatChange, formatEstimate, formatNumber, formatSeeds } from '../text/index.ts';

/** The sentences below a table of prices: what its numbers rest on. */
export function basisOf(price: Price, axes: Board['axes']): readonly string[] {
  return [
    budgetsOf(price, axes),
    ...choiceOf(price, axes),
    ...intervalsOf(price),
    ...emptyOf(price.methods),
    ...marksOf(price.methods),
  ];
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
  return setting === '' ? label : `${label} (${setting})`;
}
