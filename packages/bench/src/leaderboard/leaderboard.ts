import type { Axis, Plan, PlannedEntry, PlannedMethod, RunSpec } from '../plan/index.ts';
import type { Environment, RunRecord } from '../records/index.ts';
import { type MeanRanks, meanRanks } from '../statistics/index.ts';
import { baselineOf } from './baseline.ts';
import { type Anchor, anchorOf, type Comparison, comparisonsOf } from './comparison.ts';
import { type Cost, costOf } from './cost.ts';
import type { Price, Unpriced } from './price/price.ts';
import { priceOf } from './price/price-of.ts';
import { type Known, type Score, type Setting, type Split, scoreOf, settingOf } from './score.ts';
import { type Tried, triedOf } from './tried.ts';
import { type Volume, volumesOf } from './volume.ts';

/** The results of a suite, as plain data. */
export interface Leaderboard {
  readonly suite: Plan['suite'];
  readonly backend: RunSpec['backend'];
  readonly boards: readonly Board[];
  /**
   * Mean ranks over two or more boards with the same methods on different tasks. Boards of one task do not
   * count as several problems.
   */
  readonly meanRanks: readonly MeanRanks[];
  /** The number of runs that have ended, and the seconds that they all took. Each ran in its own process. */
  readonly effort: { readonly runs: number; readonly seconds: number };
  /** Every environment in which the runs took place. */
  readonly environments: readonly Omit<Environment, 'code'>[];
}

/** The leaderboard of one task. The best method comes first. */
export interface Board {
  readonly title: string;
  readonly task: RunSpec['task'];
  readonly seeds: readonly number[];
  readonly axes: readonly [Axis, Axis];
  /** The objectives that count beside the two of the plane. */
  readonly further: PlannedEntry['further'];
  /** The rule for a factor on the task's learning rate; null without one. */
  readonly rate: PlannedEntry['rate'];
  /** What the suite says that it expects, written before the runs; null if it says nothing. */
  readonly expected: string | null;
  /** The trials that chose its settings; null without them. */
  readonly tried: Tried | null;
  /** The splits that the task evaluates. The last one ranks. */
  readonly splits: readonly Split[];
  /** The label of plain mixing, to which the others are compared; null if the suite does not have it. */
  readonly baseline: string | null;
  /** The label of the method with the main objective alone; null without it. It is no rival. */
  readonly alone: string | null;
  /**
   * The point of plain mixing's front at which methods are compared at equal auxiliary loss. Absent without
   * plain mixing.
   */
  readonly anchors: Readonly<Partial<Record<Split, Anchor>>>;
  /** What the auxiliary objective gets for a rise of the main loss. Null for objectives of equal rank. */
  readonly price: Price | Unpriced | null;
  readonly rows: readonly Row[];
  /** Hypervolumes in all objectives, on the split that ranks. Empty without further objectives. */
  readonly volumes: readonly Volume[];
  readonly troubles: readonly Trouble[];
}

/** One method of a board, with its settings and scores. */
export interface Row {
  /** The rank, counted from 1. Methods with equal scores share one. Null if there is nothing to score. */
  readonly rank: number | null;
  readonly label: string;
  /** The id of the combiner. */
  readonly combiner: string;
  /** The runs that have ended. Planned runs may still be missing. */
  readonly runs: {
    readonly planned: number;
    readonly finished: number;
    readonly diverged: number;
    readonly failed: number;
  };
  readonly settings: readonly Setting[];
  readonly scores: Readonly<Partial<Record<Split, Score>>>;
  /**
   * The comparison with plain mixing on each split. Absent for mixing itself, without mixing, and for a
   * method without a score.
   */
  readonly comparisons: Readonly<Partial<Record<Split, Comparison>>>;
  /** Null if no run has finished. */
  readonly cost: Cost | null;
}

/** A run without metrics. */
export interface Trouble {
  readonly run: string;
  readonly what: string;
}

/** Scores the runs that have ended. Throws if a task does not report an objective of its plane. */
export function createLeaderboard(plan: Plan, records: readonly RunRecord[]): Leaderboard {
  const known = new Map(records.map((record) => [record.key, record]));
  const used = plan.runs.flatMap(({ key }) => known.get(key) ?? []);
  // The hash of the code belongs to each run, not to the place.
  const places = used.map(({ environment: { code: _, ...place } }) => place);
  const environments = new Map(places.map((place) => [JSON.stringify(place), place]));
  const boards = plan.entries.map((entry) => boardOf(entry, known));
  return {
    suite: plan.suite,
    backend: plan.backend,
    boards,
    meanRanks: meanRanksOf(boards),
    effort: { runs: used.length, seconds: used.reduce((sum, run) => sum + durationOf(run), 0) },
    environments: [...environments.values()],
  };
}

function durationOf({ started, ended }: RunRecord): number {
  return (Date.parse(ended) - Date.parse(started)) / 1000;
}

/**
 * Ranks methods by the hypervolume on the split that ranks. A method without a score comes behind all others.
 */
function meanRanksOf(boards: readonly Board[]): MeanRanks[] {
  const labelsOf = ({ rows }: Board) => rows.map(({ label }) => label).sort();
  const groups = Map.groupBy(boards, (board) => JSON.stringify(labelsOf(board)));
  return [...groups.values()].flatMap((alike) => {
    const labels = labelsOf(alike[0]!);
    const tasks = new Set(alike.map(({ task }) => task.id));
    if (alike.length < 2 || labels.length < 2 || tasks.size < alike.length) return [];
    const scores = alike.map(({ rows, splits }) =>
      labels.map((label) => {
        const { rank, scores } = rows.find((row) => row.label === label)!;
        return rank === null ? -1 : scores[splits.at(-1)!]!.hypervolume;
      }),
    );
    return [
      meanRanks(
        alike.map(({ title }) => title),
        labels,
        scores,
      ),
    ];
  });
}

function boardOf(entry: PlannedEntry, known: Known): Board {
  const { title, task, seeds, axes, further, rate, methods } = entry;
  const splits = splitsOf(entry, known);
  const settings = methods.map(({ points }) =>
    alongFront(
      entry,
      points.map((point) => settingOf(point, axes, splits, known)),
      splits,
    ),
  );
  const baseline = baselineOf(entry);
  const comparisons = splits.map(
    (split) => [split, comparisonsOf(settings, baseline, split, entry)] as const,
  );
  const anchors = splits.flatMap((split) => {
    const anchor = anchorOf(settings[baseline] ?? [], split);
    return anchor ? [[split, anchor]] : [];
  });
  const rows = methods.map((method, index): Omit<Row, 'rank'> => {
    const own = settings[index]!;
    return {
      label: method.label,
      combiner: method.combiner,
      runs: countRuns(method, known),
      settings: own,
      scores: Object.fromEntries(splits.map((split) => [split, scoreOf(own, split, entry)])),
      comparisons: Object.fromEntries(
        comparisons.flatMap(([split, all]) => (all[index] ? [[split, all[index]]] : [])),
      ),
      cost: costOf(method, known),
    };
  });
  return {
    title,
    task,
    seeds,
    axes,
    further,
    rate,
    expected: entry.expected,
    tried: triedOf(entry, known),
    splits,
    baseline: methods[baseline]?.label ?? null,
    alone: methods.find(({ label }) => label === entry.price?.alone)?.label ?? null,
    anchors: Object.fromEntries(anchors),
    price: priceOf(entry, known),
    rows: ranked(rows, splits.at(-1)!),
    volumes: volumesOf(entry, baseline, splits.at(-1)!, known),
    troubles: troublesOf(entry, known),
  };
}

/** Trials were tried in no order that a plot could follow; chosen settings are put in that of the main loss. */
function alongFront(
  { tuning }: PlannedEntry,
  settings: readonly Setting[],
  splits: readonly Split[],
): readonly Setting[] {
  const mainOf = ({ points }: Setting) => points[splits.at(-1)!]?.mean[0] ?? Number.MAX_VALUE;
  return tuning === null ? settings : settings.toSorted((a, b) => mainOf(a) - mainOf(b));
}

/** A board has the test split if every finished run was evaluated on it. */
function splitsOf({ methods, axes }: PlannedEntry, known: Known): readonly Split[] {
  const names = axes.map(({ objective }) => `test/${objective}`);
  const finished = methods
    .flatMap(({ points }) => points.flatMap(({ runs }) => runs))
    .flatMap(({ key }) => {
      const outcome = known.get(key)?.outcome;
      return outcome?.state === 'finished' ? [outcome.metrics] : [];
    });
  const heldOut = finished.length > 0 && finished.every((metrics) => names.every((name) => name in metrics));
  return heldOut ? ['train', 'test'] : ['train'];
}

function countRuns({ points }: PlannedMethod, known: Known): Row['runs'] {
  const runs = points.flatMap((point) => point.runs);
  const count = (state: string) => runs.filter(({ key }) => known.get(key)?.outcome.state === state).length;
  return {
    planned: runs.length,
    finished: count('finished'),
    diverged: count('diverged'),
    failed: count('failed'),
  };
}

function ranked(rows: readonly Omit<Row, 'rank'>[], split: Split): Row[] {
  const scoreOfRow = (row: Omit<Row, 'rank'>) =>
    row.settings.some(({ points }) => points[split]) ? row.scores[split]!.hypervolume : null;
  const scores = rows.map(scoreOfRow).filter((score) => score !== null);
  return rows
    .map((row) => {
      const own = scoreOfRow(row);
      return { rank: own === null ? null : 1 + scores.filter((score) => score > own).length, ...row };
    })
    .sort((a, b) => (a.rank ?? rows.length + 1) - (b.rank ?? rows.length + 1));
}

function troublesOf({ methods }: PlannedEntry, known: Known): Trouble[] {
  const points = methods.flatMap((method) => method.points);
  const runs = points.flatMap(({ tuning = [], runs }) => [...tuning, ...runs]);
  // A method and its twin with mean weights have the same trials.
  return [...new Set(runs)].flatMap(({ key, name }) => {
    const outcome = known.get(key)?.outcome;
    if (outcome === undefined || outcome.state === 'finished') return [];
    const what = outcome.state === 'diverged' ? `diverged at step ${outcome.step}` : 'failed';
    return [{ run: name, what: `${what}: ${outcome.reason}` }];
  });
}
