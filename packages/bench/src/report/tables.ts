import type { Board } from '../leaderboard/index.ts';
import { comparisonTable } from './comparison.ts';
import { rankingTable } from './ranking.ts';
import type { Table } from './table.ts';
import { volumeTable } from './volume.ts';

/**
 * The tables of a board: the ranking, the comparison with plain mixing, and all objectives if there are more
 * than two.
 */
export function tablesOf(board: Board): readonly Table[] {
  const comparison = comparisonTable(board);
  const volumes = volumeTable(board);
  return [rankingTable(board), ...(comparison ? [comparison] : []), ...(volumes ? [volumes] : [])];
}
