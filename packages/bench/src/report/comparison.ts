import type { Board, Comparison, Row } from '../leaderboard/index.ts';
import { formatDigits, formatEstimate, formatNumber, formatProbability, formatShare } from '../text/index.ts';
import { powerOf } from './power.ts';
import { type Column, NOTHING, type Table } from './table.ts';

/**
 * The methods of a board compared with plain mixing, on the split that ranks. Null if there is nothing to
 * compare.
 */
export function comparisonTable(board: Board): Table | null {
  const { alone, baseline, splits } = board;
  const split = splits.at(-1)!;
  const rows = board.rows.filter(({ label }) => label !== baseline && label !== alone);
  if (baseline === null || rows.every(({ comparisons }) => !comparisons[split])) return null;
  const tested = rows.filter(({ comparisons }) => (comparisons[split]?.p ?? null) !== null).length;
  return {
    title: `Beside ${baseline}, on ${split} data`,
    columns: columnsOf(board, baseline, rows, tested > 0),
    basis: tested > 0 ? [powerOf(tested, board.seeds.length, ['method', 'methods'])] : [],
  };
}

function columnsOf(board: Board, baseline: string, rows: readonly Row[], tested: boolean): readonly Column[] {
  const { splits, axes, anchors } = board;
  const split = splits.at(-1)!;
  const [main, auxiliary] = axes.map(({ objective }) => objective) as [string, string];
  const { setting, point } = anchors[split]!;
  const anchor = [baseline, setting && `at ${setting}`].filter(Boolean).join(' ');
  const all = rows.map(({ comparisons }) => comparisons[split]);
  const cells = (cell: (comparison: Comparison) => string | null) =>
    all.map((comparison) => (comparison && cell(comparison)) || NOTHING);
  const signed = (value: number | null) =>
    value === null ? null : `${value > 0 ? '+' : ''}${formatDigits(value, 3)} %`;
  const share = (value: number | null) => (value === null ? null : formatShare(value));
  return [
    { head: 'method', align: 'left', spare: 0, cells: rows.map(({ label }) => label) },
    {
      head: 'Δ hypervolume',
      align: 'left',
      spare: 0,
      cells: cells(({ difference }) => difference && formatEstimate(difference, true)),
      note: `Δ hypervolume: of each seed's own front minus that of ${baseline}, the mean ± half of the 95 % interval over the seeds; more is better. On its own front a bad run is only dominated, while the ranking has it in its means.`,
    },
    ...(tested ? testColumns(all) : []),
    {
      head: `${main} at equal ${auxiliary}`,
      align: 'left',
      spare: 4,
      cells: cells(({ atAnchor }) => atAnchor && formatEstimate(atAnchor, true)),
      note: `At equal ${auxiliary}: the ${main} of the method's front, with straight lines between its settings, where the ${auxiliary} is ${formatNumber(point[1])}, that of ${anchor}; minus the ${formatNumber(point[0])} there; less is better.`,
    },
    {
      head: 'Δm',
      align: 'right',
      spare: 6,
      cells: cells(({ deltaM }) => signed(deltaM)),
      note: `Δm: the mean relative change of both losses against ${anchor}, at the best setting for it on these data; less is better.`,
    },
    {
      head: 'mixed loss',
      align: 'right',
      spare: 5,
      cells: cells(({ mixedLoss }) => share(mixedLoss)),
      note: `Mixed loss: the share of t from 0 to 1 where the lowest (1 − t) ${main} + t ${auxiliary} is below that of ${baseline}.`,
    },
    {
      head: 'beats',
      align: 'right',
      spare: 7,
      cells: cells(({ dominates }) => share(dominates)),
      note: `Beats: the share of the points of ${baseline} that the method does at least as well as in both losses.`,
    },
    {
      head: 'beaten',
      align: 'right',
      spare: 8,
      cells: cells(({ dominated }) => share(dominated)),
      note: `Beaten: the share of the points of the method that ${baseline} does at least as well as in both losses.`,
    },
  ];
}

function testColumns(all: readonly (Comparison | undefined)[]): Column[] {
  const cells = (value: (comparison: Comparison) => number | null) =>
    all.map((comparison) => {
      const p = comparison ? value(comparison) : null;
      return p === null ? NOTHING : formatProbability(p);
    });
  return [
    {
      head: 'p',
      align: 'right',
      spare: 3,
      cells: cells(({ p }) => p),
      note: 'p: of the two-sided sign-flip test of these differences.',
    },
    {
      head: 'p, Holm',
      align: 'right',
      spare: 0,
      cells: cells(({ corrected }) => corrected),
      note: 'Holm: corrected for all methods of the table.',
    },
  ];
}
