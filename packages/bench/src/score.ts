import { bootstrap, type Interval } from './bootstrap.ts';
import { dominanceShare, hypervolume, nonDominated, type Point } from './metrics.ts';
import type { PlannedEntry, PlannedPoint } from './plan.ts';
import type { RunRecord } from './record.ts';
import type { Axis } from './suite.ts';

/** The data trained on, and held-out data. */
export type Split = 'train' | 'test';

/** A method at one value of its swept option. */
export interface Setting {
  /** Such as "lambda 0.1"; empty where nothing is swept. */
  readonly name: string;
  /** Mean over the seeds, and each seed's own; absent if a seed diverged or failed, for the mean of the lucky ones means nothing. */
  readonly points: Readonly<
    Partial<Record<Split, { readonly mean: Point; readonly seeds: readonly Point[] }>>
  >;
  /** Mean over the seeds of what the task calls `distance`; absent where points are, and where the task does not say it. */
  readonly distance?: number;
}

export interface Score {
  /** Of the front of the settings' means, at the board's reference point. */
  readonly hypervolume: number;
  /** Over seeds; null with a single one. */
  readonly interval: Interval | null;
  /** Lowest main loss among the settings. */
  readonly best: { readonly value: number; readonly setting: string } | null;
  /** Share of the front of plain mixing that this method's front weakly dominates, and the other way round; null without plain mixing. */
  readonly dominates: number | null;
  readonly dominated: number | null;
}

/** Ended runs by key. */
export type Known = ReadonlyMap<string, RunRecord>;

/** Throws if the task did not report an objective of the axes. */
export function settingOf(
  { setting, runs }: PlannedPoint,
  axes: readonly [Axis, Axis],
  splits: readonly Split[],
  known: Known,
): Setting {
  const outcomes = runs.flatMap(({ key }) => known.get(key)?.outcome ?? []);
  const finished = outcomes.filter((outcome) => outcome.state === 'finished');
  if (finished.length === 0 || finished.length < outcomes.length) return { name: setting, points: {} };
  const points = splits.map((split) => {
    const seeds = finished.map(({ metrics }) => pointOf(metrics, split, axes, runs[0]!.spec.task.id));
    return [split, { mean: meanOf(seeds), seeds }];
  });
  const distances = finished.flatMap(({ metrics }) => metrics.distance ?? []);
  const distance = distances.reduce((sum, value) => sum + value, 0) / distances.length;
  return {
    name: setting,
    points: Object.fromEntries(points),
    ...(distances.length === finished.length && { distance }),
  };
}

function pointOf(
  metrics: Readonly<Record<string, number>>,
  split: Split,
  axes: readonly [Axis, Axis],
  task: string,
): Point {
  const value = (axis: Axis) => {
    const name = `${split}/${axis.objective}`;
    const found = metrics[name];
    if (found !== undefined) return found;
    throw new Error(
      `Task "${task}" did not report ${name}, which its plane is drawn in. Evaluate it in the task, or name another objective in the suite.`,
    );
  };
  return [value(axes[0]), value(axes[1])];
}

/** Scores one method on one split; `baseline` holds the settings of plain mixing. */
export function scoreOf(
  settings: readonly Setting[],
  split: Split,
  { axes, seeds }: PlannedEntry,
  baseline: readonly Setting[] | null,
): Score {
  const reference: Point = [axes[0].reference, axes[1].reference];
  const scored = settings.flatMap(({ name, points }) => (points[split] ? [{ name, ...points[split] }] : []));
  const means = scored.map(({ mean }) => mean);
  const best = scored.toSorted((a, b) => a.mean[0] - b.mean[0])[0];
  const others = baseline?.flatMap(({ points }) => (points[split] ? [points[split].mean] : []));
  const complete = scored.filter((setting) => setting.seeds.length === seeds.length);
  // While runs are missing, seeds cannot be drawn together.
  const interval =
    complete.length < scored.length || scored.length === 0
      ? null
      : bootstrap(
          seeds.map((_, index) => index),
          (drawn) =>
            hypervolume(
              scored.map((setting) => meanOf(drawn.map((index) => setting.seeds[index]!))),
              reference,
            ),
        );
  return {
    hypervolume: hypervolume(means, reference),
    interval,
    best: best ? { value: best.mean[0], setting: best.name } : null,
    dominates: others ? dominanceShare(nonDominated(means), others) : null,
    dominated: others ? dominanceShare(nonDominated(others), means) : null,
  };
}

function meanOf(points: readonly Point[]): Point {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1)];
}
