import { comparisonTable } from './comparison-table.ts';
import type { Board } from './leaderboard.ts';
import { rankingTable } from './ranking-table.ts';
import type { Table } from './table.ts';

/** The tables of a board: its ranking, and what stands beside plain mixing. */
export function tablesOf(board: Board): readonly Table[] {
  const comparison = comparisonTable(board);
  return [rankingTable(board), ...(comparison ? [comparison] : [])];
}
