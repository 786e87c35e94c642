import { comparisonTable } from './comparison-table.ts';
import type { Board } from './leaderboard.ts';
import { rankingTable } from './ranking-table.ts';
import type { Table } from './table.ts';
import { volumeTable } from './volume-table.ts';

/** The tables of a board: its ranking, what stands beside plain mixing, and all objectives where there are more than two. */
export function tablesOf(board: Board): readonly Table[] {
  const comparison = comparisonTable(board);
  const volumes = volumeTable(board);
  return [rankingTable(board), ...(comparison ? [comparison] : []), ...(volumes ? [volumes] : [])];
}
