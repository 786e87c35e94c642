import type { Plan, PlannedEntry, PlannedMethod } from './plan.ts';
import type { Environment, RunRecord } from './record.ts';
import { type Known, type Score, type Setting, type Split, scoreOf, settingOf } from './score.ts';
import type { RunSpec } from './spec.ts';
import type { Axis } from './suite.ts';

/** A suite's outcome, as plain data. */
export interface Leaderboard {
  readonly suite: Plan['suite'];
  readonly backend: RunSpec['backend'];
  readonly boards: readonly Board[];
  /** Everywhere that its runs took place. */
  readonly environments: readonly Environment[];
}

/** One task: its methods, the best first. */
export interface Board {
  readonly title: string;
  readonly task: RunSpec['task'];
  readonly seeds: readonly number[];
  readonly axes: readonly [Axis, Axis];
  /** Those that the task evaluates. The last one ranks. */
  readonly splits: readonly Split[];
  /** Label of plain mixing, which the shares of dominance speak of; null if it is not in the suite. */
  readonly baseline: string | null;
  readonly rows: readonly Row[];
  readonly troubles: readonly Trouble[];
}

export interface Row {
  /** From 1; equal scores share one. Null if there is nothing to score. */
  readonly rank: number | null;
  readonly label: string;
  /** Id of the combiner. */
  readonly combiner: string;
  /** The rest of the planned ones has not been run yet. */
  readonly runs: {
    readonly planned: number;
    readonly finished: number;
    readonly diverged: number;
    readonly failed: number;
  };
  readonly settings: readonly Setting[];
  readonly scores: Readonly<Partial<Record<Split, Score>>>;
}

/** A run without metrics. */
export interface Trouble {
  readonly run: string;
  readonly what: string;
}

/** Plain mixing: the method that all others have to beat. */
const BASELINE = 'mixed';

/** Scores the runs that have ended. Throws if a task does not report an objective that its plane is drawn in. */
export function createLeaderboard(plan: Plan, records: readonly RunRecord[]): Leaderboard {
  const known = new Map(records.map((record) => [record.key, record]));
  const used = plan.runs.flatMap(({ key }) => known.get(key) ?? []);
  const environments = new Map(used.map(({ environment }) => [JSON.stringify(environment), environment]));
  return {
    suite: plan.suite,
    backend: plan.backend,
    boards: plan.entries.map((entry) => boardOf(entry, known)),
    environments: [...environments.values()],
  };
}

function boardOf(entry: PlannedEntry, known: Known): Board {
  const { title, task, seeds, axes, methods } = entry;
  const splits = splitsOf(entry, known);
  const settings = methods.map(({ points }) => points.map((point) => settingOf(point, axes, splits, known)));
  const baseline = methods.findIndex(({ combiner }) => combiner === BASELINE);
  const rows = methods.map((method, index): Omit<Row, 'rank'> => {
    const own = settings[index]!;
    const scores = splits.map((split) => [
      split,
      scoreOf(own, split, entry, baseline < 0 ? null : settings[baseline]!),
    ]);
    return {
      label: method.label,
      combiner: method.combiner,
      runs: countRuns(method, known),
      settings: own,
      scores: Object.fromEntries(scores),
    };
  });
  return {
    title,
    task,
    seeds,
    axes,
    splits,
    baseline: methods[baseline]?.label ?? null,
    rows: ranked(rows, splits.at(-1)!),
    troubles: troublesOf(entry, known),
  };
}

/** Held-out data counts if every finished run was evaluated on it. */
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
  const runs = methods.flatMap(({ points }) => points.flatMap((point) => point.runs));
  return runs.flatMap(({ key, name }) => {
    const outcome = known.get(key)?.outcome;
    if (outcome === undefined || outcome.state === 'finished') return [];
    const what = outcome.state === 'diverged' ? `diverged at step ${outcome.step}` : 'failed';
    return [{ run: name, what: `${what}: ${outcome.reason}` }];
  });
}
