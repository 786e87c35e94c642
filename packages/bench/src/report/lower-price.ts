import type { Board, LowerPrice } from '../leaderboard/index.ts';
import { BUDGETS } from '../leaderboard/index.ts';
import { formatChange } from '../text/index.ts';
import { cellOf } from './price.ts';
import type { Table } from './table.ts';

/** The budgets of the main loss that have a table. The JSON has all. */
const SHOWN: readonly number[] = [0.01, 0.05];

/** What the third loss gets within a budget of the main loss and budgets of the second one. */
export function lowerPriceTables({ price, axes, further }: Board): readonly Table[] {
  const lower = price?.state === 'priced' ? price.lower : null;
  if (lower?.state !== 'priced') return [];
  return SHOWN.map((budget) => tableOf(budget, lower, axes, further.length));
}

function tableOf(budget: number, lower: LowerPrice, [main, second]: Board['axes'], levels: number): Table {
  const within = BUDGETS.filter((own) => own >= 0);
  return {
    title: `The ${lower.objective} within ${formatChange(budget)} of ${main.objective}, and a rise of ${second.objective}`,
    columns: [
      { head: 'method', align: 'left', spare: 0, cells: lower.methods.map(({ label }) => label) },
      ...within.map((own) => ({
        head: formatChange(own),
        align: 'left' as const,
        spare: 0,
        cells: lower.methods.map(({ prices }) => {
          const { loss, besideMixing, verdict } = prices.find(
            ({ budgets: [x, y] }) => x === budget && y === own,
          )!;
          return cellOf(loss, besideMixing?.difference, verdict);
        }),
      })),
    ],
    basis: [
      `The ${second.objective} may rise above the lowest that plain mixing has within the budget of the ${main.objective}. ± is half of the 95 % interval of the difference to plain mixing, seed by seed.`,
      ...(levels > 1 ? ['Levels further down have no price.'] : []),
    ],
  };
}
