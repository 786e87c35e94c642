import type { Board, Row, Split, Tried } from '../leaderboard/index.ts';
import { planeOf } from '../leaderboard/index.ts';
import {
  formatBytes,
  formatDigits,
  formatEstimate,
  formatInterval,
  formatNumber,
  formatSeeds,
} from '../text/index.ts';
import { type Column, NOTHING, type Table } from './table.ts';

/** The methods of a board, the best first. */
export function rankingTable(board: Board): Table {
  return {
    title: board.price?.state === 'priced' ? 'All settings, by hypervolume' : null,
    columns: columnsOf(board),
    basis: [...restsOn(board), ...beyond(board)],
  };
}

function columnsOf(board: Board): readonly Column[] {
  const { rows } = board;
  return [
    { head: '#', align: 'right', spare: 0, cells: cells(rows, ({ rank }) => rank?.toString()) },
    { head: 'method', align: 'left', spare: 0, cells: cells(rows, ({ label }) => label) },
    ...scoreColumns(board),
    ...distanceColumns(rows),
    { head: 'runs', align: 'left', spare: 1, cells: cells(rows, runsOf) },
    timeColumn(rows),
    ...memoryColumns(rows),
  ];
}

function cells(rows: readonly Row[], cell: (row: Row) => string | null | undefined): readonly string[] {
  return rows.map((row) => cell(row) || NOTHING);
}

/** Hypervolumes, and the lowest main loss with its setting. */
function scoreColumns({ splits, axes: [main], rows }: Board): Column[] {
  const split = splits.at(-1)!;
  const score = (row: Row) => (row.rank === null ? undefined : row.scores[split]);
  const intervalOf = (row: Row) => {
    const interval = score(row)?.interval;
    return interval && formatInterval(interval);
  };
  const bestOf = (row: Row) => {
    const best = score(row)?.best;
    return best && formatEstimate(best);
  };
  const onTrain = (row: Row) => (row.rank === null ? null : number(row.scores.train?.hypervolume));
  const settingOf = (row: Row) => score(row)?.best?.setting;
  const hypervolumes = cells(rows, (row) => number(score(row)?.hypervolume));
  const columns: (Column | null)[] = [
    { head: `hypervolume, ${split}`, align: 'right', spare: 0, cells: hypervolumes },
    { head: '95 % interval', align: 'left', spare: 3, cells: cells(rows, intervalOf) },
    splits.length < 2 ? null : { head: 'on train', align: 'right', spare: 6, cells: cells(rows, onTrain) },
    { head: `lowest ${main.objective}`, align: 'left', spare: 4, cells: cells(rows, bestOf) },
    rows.some(settingOf) ? { head: 'at', align: 'left', spare: 5, cells: cells(rows, settingOf) } : null,
  ];
  return columns.filter((column) => column !== null);
}

/** Distances from a known answer and from a known front, if there are any. */
function distanceColumns(rows: readonly Row[]): Column[] {
  const distance: Column = {
    head: 'distance',
    align: 'right',
    spare: 2,
    cells: cells(rows, (row) => number(distanceOf(row))),
    note: 'Distance: from where runs end to the known answer or set of answers, the mean over seeds at the best setting for it.',
  };
  const front: Column = {
    head: 'IGD⁺',
    align: 'right',
    spare: 7,
    cells: cells(rows, (row) => number(row.scores.train?.front?.igdPlus)),
    note: 'IGD⁺: from the known front to the nearest point of a method, counting what that point lacks, the mean over the front and the seeds.',
  };
  return [
    ...(rows.some((row) => distanceOf(row) !== undefined) ? [distance] : []),
    ...(rows.some((row) => row.scores.train?.front) ? [front] : []),
  ];
}

function memoryColumns(rows: readonly Row[]): Column[] {
  if (!rows.some(({ cost }) => cost && cost.peakBytes !== null)) return [];
  return [
    {
      head: 'memory',
      align: 'right',
      spare: 9,
      cells: cells(rows, ({ cost }) => (cost?.peakBytes ? formatBytes(cost.peakBytes) : null)),
      note: 'Memory: the most that tensors held at once.',
    },
  ];
}

/** Milliseconds for each step if all records have them, otherwise seconds for each run. */
function timeColumn(rows: readonly Row[]): Column {
  const costs = rows.map(({ cost }) => cost);
  const perStep = costs.every((cost) => cost === null || cost.milliseconds !== null);
  return {
    head: perStep ? 'ms/step' : 's/run',
    align: 'right',
    spare: 8,
    cells: costs.map((cost) =>
      cost === null ? NOTHING : formatDigits((perStep ? cost.milliseconds : cost.seconds)!, 2),
    ),
    note: 'Times: medians of runs that shared the machine, so that only their order of size counts.',
  };
}

function distanceOf({ settings }: Row): number | undefined {
  const distances = settings.flatMap(({ distance }) => distance ?? []);
  return distances.length > 0 ? Math.min(...distances) : undefined;
}

function number(value: number | undefined): string | undefined {
  return value === undefined ? undefined : formatNumber(value);
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

/** The reference point, the seeds, and the tuning of each method. */
function restsOn({ axes, seeds, rate, rows, tried, expected }: Board): string[] {
  const reference = axes
    .map(({ objective, reference }) => `${objective} ${formatNumber(reference)}`)
    .join(', ');
  const spread =
    seeds.length === 1
      ? `One seed (${formatSeeds(seeds)}), which says nothing about spread.`
      : `${seeds.length} seeds (${formatSeeds(seeds)}); 95 % intervals by bootstrap over them, with Student's t.`;
  const budgets = [...Map.groupBy(rows, ({ settings }) => settings.length)]
    .sort(([a], [b]) => b - a)
    .map(([count, alike], index) =>
      index === 0 ? String(count) : `${alike.map(({ label }) => label).join(', ')} ${count}`,
    );
  return [
    `Reference point of the hypervolume: ${reference}.`,
    spread,
    `Settings tried for each method: ${budgets.join('; ')}.`,
    ...(tried ? [triedText(tried)] : []),
    ...(expected === null ? [] : [`Expected, as written before the runs: ${expected}`]),
    ...(rate ? [`The learning rate of each run is multiplied by ${rate}.`] : []),
  ];
}

/** The budget of the tuning, and what became of it. */
function triedText({ trials, seeds, runs, diverged, failed, missing }: Tried): string {
  const ends = [
    [diverged, 'diverged'],
    [failed, 'failed'],
    [missing, 'to do'],
  ] as const;
  const notes = ends.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  return `Settings were chosen from ${trials} trials of each method on the seeds ${formatSeeds(seeds)}, which are not reported: ${[`${runs} runs`, ...notes].join(', ')}. All trials are among the published records.`;
}

/** Points that the plots leave out because they are beyond the edge. */
function beyond(board: Board): string[] {
  return board.splits.flatMap((split: Split) => {
    const marks = planeOf(board, split).marks.filter(({ inside }) => !inside);
    const names = [...Map.groupBy(marks, ({ method }) => method)].map(([method, own]) => {
      const settings = own.map(({ setting }) => setting).filter(Boolean);
      return settings.length > 0 ? `${method} (${settings.join(', ')})` : method;
    });
    return names.length > 0 ? [`Beyond the plot on ${split} data: ${names.toReversed().join('; ')}.`] : [];
  });
}
