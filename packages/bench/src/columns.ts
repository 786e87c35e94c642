import { formatNumber, formatSeeds, formatShare } from './format.ts';
import type { Board, Row } from './leaderboard.ts';
import { planeOf } from './plane.ts';
import type { Split } from './score.ts';

/** One column of a board, for every way of printing it. */
export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Left out of a table that is too wide, the highest first; 0: never. */
  readonly spare: number;
  readonly cell: (row: Row) => string;
  /** What the column means, where its head does not say. */
  readonly note?: string;
}

const NOTHING = '–';

export function columnsOf({ splits, axes, baseline, rows }: Board): readonly Column[] {
  const split = splits.at(-1)!;
  const score = (row: Row) => (row.rank === null ? undefined : row.scores[split]);
  // Every front is as good as itself.
  const share = (row: Row, which: 'dominates' | 'dominated') => {
    const value = row.label === baseline ? null : score(row)?.[which];
    return value == null ? NOTHING : formatShare(value);
  };
  const columns: (Column | null)[] = [
    { head: '#', align: 'right', spare: 0, cell: ({ rank }) => String(rank ?? NOTHING) },
    { head: 'method', align: 'left', spare: 0, cell: ({ label }) => label },
    {
      head: `hypervolume, ${split}`,
      align: 'right',
      spare: 0,
      cell: (row) => number(score(row)?.hypervolume),
    },
    {
      head: '95 % interval',
      align: 'left',
      spare: 3,
      cell: (row) => {
        const interval = score(row)?.interval;
        return interval ? `${formatNumber(interval.low)} … ${formatNumber(interval.high)}` : NOTHING;
      },
    },
    splits.length < 2
      ? null
      : {
          head: 'on train',
          align: 'right',
          spare: 6,
          cell: (row) => (row.rank === null ? NOTHING : number(row.scores.train?.hypervolume)),
        },
    {
      head: `lowest ${axes[0].objective}`,
      align: 'right',
      spare: 4,
      cell: (row) => number(score(row)?.best?.value),
    },
    { head: 'at', align: 'left', spare: 5, cell: (row) => score(row)?.best?.setting || NOTHING },
    rows.every((row) => distanceOf(row) === undefined)
      ? null
      : {
          head: 'distance',
          align: 'right',
          spare: 2,
          cell: (row) => number(distanceOf(row)),
          note: 'Distance: from where runs end to the known answer or set of answers, the mean over seeds at the best setting for it.',
        },
    baseline === null
      ? null
      : {
          head: `beats ${baseline}`,
          align: 'right',
          spare: 7,
          cell: (row) => share(row, 'dominates'),
          note: `Beats: the share of the points of ${baseline} that the method does at least as well as in both losses.`,
        },
    baseline === null
      ? null
      : {
          head: 'beaten',
          align: 'right',
          spare: 8,
          cell: (row) => share(row, 'dominated'),
          note: `Beaten: the share of the points of the method that ${baseline} does at least as well as in both losses.`,
        },
    { head: 'runs', align: 'left', spare: 1, cell: runsOf },
  ];
  return columns.filter((column) => column !== null);
}

function distanceOf({ settings }: Row): number | undefined {
  const distances = settings.flatMap(({ distance }) => distance ?? []);
  return distances.length > 0 ? Math.min(...distances) : undefined;
}

function number(value: number | undefined): string {
  return value === undefined ? NOTHING : formatNumber(value);
}

function runsOf({ runs: { planned, finished, diverged, failed } }: Row): string {
  const missing = planned - finished - diverged - failed;
  const rest = [
    [diverged, 'diverged'],
    [failed, 'failed'],
    [missing, 'to do'],
  ] as const;
  const notes = rest.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  return [`${finished}/${planned}`, ...notes].join(', ');
}

/** What the shown columns of a board rest on: reference point, seeds, and what is left out. */
export function notesOf(board: Board, columns: readonly Column[]): string {
  const { axes, seeds, splits } = board;
  const reference = axes
    .map(({ objective, reference }) => `${objective} ${formatNumber(reference)}`)
    .join(', ');
  const spread =
    seeds.length === 1
      ? `One seed (${formatSeeds(seeds)}), which says nothing about spread.`
      : `${seeds.length} seeds (${formatSeeds(seeds)}); intervals by bootstrap over them.`;
  const notes = columns.flatMap(({ note }) => note ?? []);
  const beyond = splits.map((split) => beyondOf(board, split));
  return [`Reference point of the hypervolume: ${reference}.`, spread, ...notes, ...beyond]
    .filter(Boolean)
    .join(' ');
}

/** Points that the plot leaves out because they are beyond it; empty if there are none. */
function beyondOf(board: Board, split: Split): string {
  const beyond = planeOf(board, split).marks.filter(({ inside }) => !inside);
  const names = [...Map.groupBy(beyond, ({ method }) => method)].map(([method, marks]) => {
    const settings = marks.map(({ setting }) => setting).filter(Boolean);
    return settings.length > 0 ? `${method} (${settings.join(', ')})` : method;
  });
  return names.length > 0 ? `Beyond the plot on ${split} data: ${names.toReversed().join('; ')}.` : '';
}
