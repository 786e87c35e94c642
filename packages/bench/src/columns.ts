import { formatNumber, formatSeeds, formatShare } from './format.ts';
import type { Board, Row } from './leaderboard.ts';

/** One column of a board, for every way of printing it. */
export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Left out of a table that is too wide, the highest first; 0: never. */
  readonly spare: number;
  readonly cell: (row: Row) => string;
}

const NOTHING = '–';

export function columnsOf({ splits, axes, baseline }: Board): readonly Column[] {
  const split = splits.at(-1)!;
  const score = (row: Row) => (row.rank === null ? undefined : row.scores[split]);
  const share = (value: number | null | undefined) => (value == null ? NOTHING : formatShare(value));
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
      spare: 2,
      cell: (row) => {
        const interval = score(row)?.interval;
        return interval ? `${formatNumber(interval.low)} … ${formatNumber(interval.high)}` : NOTHING;
      },
    },
    splits.length < 2
      ? null
      : {
          head: 'train',
          align: 'right',
          spare: 5,
          cell: (row) => (row.rank === null ? NOTHING : number(row.scores.train?.hypervolume)),
        },
    {
      head: `lowest ${axes[0].objective}`,
      align: 'right',
      spare: 3,
      cell: (row) => number(score(row)?.best?.value),
    },
    { head: 'at', align: 'left', spare: 4, cell: (row) => score(row)?.best?.setting || NOTHING },
    baseline === null
      ? null
      : { head: `beats ${baseline}`, align: 'right', spare: 6, cell: (row) => share(score(row)?.dominates) },
    baseline === null
      ? null
      : { head: 'beaten', align: 'right', spare: 7, cell: (row) => share(score(row)?.dominated) },
    { head: 'runs', align: 'left', spare: 1, cell: runsOf },
  ];
  return columns.filter((column) => column !== null);
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

/** What the numbers of a board rest on: seeds and reference point. */
export function basisOf({ axes, seeds, baseline }: Board): string {
  const [x, y] = axes.map(({ objective, reference }) => `${objective} ${formatNumber(reference)}`);
  const count = seeds.length === 1 ? 'seed' : `${seeds.length} seeds`;
  const spread =
    seeds.length === 1 ? 'one seed says nothing about spread' : 'intervals: bootstrap over seeds';
  const shares =
    baseline === null
      ? ''
      : ` Beats, beaten: share of a front that the other dominates, against ${baseline}.`;
  return `Reference point of the hypervolume: ${x}, ${y}. ${count} (${formatSeeds(seeds)}); ${spread}.${shares}`;
}
