import type { Board, Volume } from '../leaderboard/index.ts';
import { formatEstimate, formatNumber, formatProbability } from '../text/index.ts';
import { NOTHING, type Table } from './table.ts';

/**
 * The methods of a board by their hypervolume in all objectives. Null without objectives beyond those of the
 * plane.
 */
export function volumeTable({ volumes, axes, further, splits, baseline }: Board): Table | null {
  if (volumes.length === 0) return null;
  const all = [...axes, ...further];
  const cells = (cell: (volume: Volume) => string | null) => volumes.map((volume) => cell(volume) ?? NOTHING);
  const probability = (p: number | null) => (p === null ? null : formatProbability(p));
  return {
    title: `In all ${all.length} objectives, on ${splits.at(-1)} data`,
    columns: [
      { head: 'method', align: 'left', spare: 0, cells: cells(({ label }) => label) },
      {
        head: 'hypervolume',
        align: 'left',
        spare: 0,
        cells: cells(({ value }) => value && formatEstimate(value)),
      },
      ...(baseline === null
        ? []
        : ([
            {
              head: `beside ${baseline}`,
              align: 'left',
              spare: 0,
              cells: cells(({ difference }) => difference && formatEstimate(difference, true)),
              note: `Beside ${baseline}: of each seed's own front minus that of ${baseline}, the mean ± half of the 95 % interval over the seeds; more is better.`,
            },
            { head: 'p', align: 'right', spare: 3, cells: cells(({ p }) => probability(p)) },
            {
              head: 'p, Holm',
              align: 'right',
              spare: 0,
              cells: cells(({ corrected }) => probability(corrected)),
            },
          ] as const)),
    ],
    basis: [
      `Reference point: ${all.map(({ objective, reference }) => `${objective} ${formatNumber(reference)}`).join(', ')}.`,
    ],
  };
}
