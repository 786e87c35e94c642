import type { Board } from '../leaderboard/index.ts';
import { comparisonTable } from './comparison.ts';
import { lowerPriceTables } from './lower-price.ts';
import { priceTable } from './price.ts';
import { priceDetails } from './price-details.ts';
import { rankingTable } from './ranking.ts';
import type { Table } from './table.ts';
import { volumeTable } from './volume.ts';

/** The tables of a board: the prices first, then the fronts of all settings. */
export function tablesOf(board: Board): readonly Table[] {
  return [...priceTablesOf(board), ...frontTablesOf(board)];
}

/** What the auxiliary loss gets within each budget, what it cost, and the same for the third objective. */
export function priceTablesOf(board: Board): readonly Table[] {
  return those([priceTable(board), priceDetails(board), ...lowerPriceTables(board)]);
}

/**
 * The ranking of the fronts, the comparison with plain mixing, and all objectives if there are more than two.
 */
export function frontTablesOf(board: Board): readonly Table[] {
  return those([rankingTable(board), comparisonTable(board), volumeTable(board)]);
}

function those(tables: readonly (Table | null)[]): readonly Table[] {
  return tables.filter((table) => table !== null);
}
