import type { Axis, PlannedEntry, PlannedPoint } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import type { Point } from '../statistics/index.ts';
import {
  bootstrap,
  type Estimate,
  generationalDistance,
  hypervolume,
  type Interval,
  invertedGenerationalDistance,
  invertedGenerationalDistancePlus,
  meanOf,
} from '../statistics/index.ts';

/** The data trained on (`train`) or held-out data (`test`). */
export type Split = 'train' | 'test';

/** A method at one value of its swept option. */
export interface Setting {
  /** The name of the setting, such as "lambda 0.1"; empty without a sweep. */
  readonly name: string;
  /**
   * The mean over the seeds, and the point of each seed. Absent if a seed diverged or failed, since a mean
   * over the other seeds would be too good.
   */
  readonly points: Readonly<
    Partial<Record<Split, { readonly mean: Point; readonly seeds: readonly Point[] }>>
  >;
  /**
   * The mean over the seeds of the task's metric `distance`. Absent if the points are, or if the task has no
   * such metric.
   */
  readonly distance?: number;
}

/** The scores of a method on one split. */
export interface Score {
  /** The hypervolume of the front of the settings' means, up to the board's reference point. */
  readonly hypervolume: number;
  /** The interval over the seeds, cut off at 0; null with a single seed. */
  readonly interval: Interval | null;
  /** The lowest main loss among the settings' means. */
  readonly best: (Estimate & { readonly setting: string }) | null;
  /**
   * The distance of each seed's points from the task's known front, as the mean over the seeds. Null if the
   * front is not known or is a single point.
   */
  readonly front: { readonly igd: number; readonly igdPlus: number; readonly gd: number } | null;
}

/** The records of ended runs, by key. */
export type Known = ReadonlyMap<string, RunRecord>;

/** The setting with the results of its runs. Throws if the task did not report an objective of the axes. */
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
    return [split, { mean: meanPoint(seeds), seeds }];
  });
  const distances = finished.flatMap(({ metrics }) => metrics.distance ?? []);
  return {
    name: setting,
    points: Object.fromEntries(points),
    ...(distances.length === finished.length && { distance: meanOf(distances) }),
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

/** A setting that has points on a split. */
export interface Scored {
  readonly name: string;
  readonly mean: Point;
  readonly seeds: readonly Point[];
}

/** The settings that have points on the split. */
export function scoredOn(settings: readonly Setting[], split: Split): readonly Scored[] {
  return settings.flatMap(({ name, points }) => (points[split] ? [{ name, ...points[split] }] : []));
}

/** False while runs are missing: a bootstrap needs every seed of each setting. */
export function isComplete(scored: readonly Scored[], seeds: number): boolean {
  return scored.length > 0 && scored.every((setting) => setting.seeds.length === seeds);
}

/** The settings' means over some of the seeds, given by their indices. An index may occur more than once. */
export function meansOver(scored: readonly Scored[], drawn: readonly number[]): readonly Point[] {
  return scored.map(({ seeds }) => meanPoint(drawn.map((index) => seeds[index]!)));
}

/** Scores one method on one split. */
export function scoreOf(settings: readonly Setting[], split: Split, entry: PlannedEntry): Score {
  const { axes, seeds } = entry;
  const reference: Point = [axes[0].reference, axes[1].reference];
  const scored = scoredOn(settings, split);
  const best = scored.toSorted((a, b) => a.mean[0] - b.mean[0])[0];
  const interval = isComplete(scored, seeds.length)
    ? bootstrap([...seeds.keys()], (drawn) => hypervolume(meansOver(scored, drawn), reference))
    : null;
  return {
    hypervolume: hypervolume(
      scored.map(({ mean }) => mean),
      reference,
    ),
    interval: interval && { ...interval, low: Math.max(0, interval.low) },
    best: best
      ? {
          value: best.mean[0],
          interval: isComplete([best], seeds.length)
            ? bootstrap(best.seeds, (drawn) => meanOf(drawn.map(([main]) => main)))
            : null,
          setting: best.name,
        }
      : null,
    front: split === 'train' ? frontOf(scored, entry) : null,
  };
}

function frontOf(scored: readonly Scored[], { axes, seeds, landscape }: PlannedEntry): Score['front'] {
  const known = landscape?.paretoSet ?? [];
  if (known.length < 2 || !isComplete(scored, seeds.length)) return null;
  const front = known.map((position) => {
    const losses = landscape!.losses(position);
    return axes.map(({ objective }) => losses[objective]!);
  });
  const found = seeds.map((_, index) => scored.map((setting) => setting.seeds[index]!));
  const mean = (distance: typeof generationalDistance) =>
    meanOf(found.map((points) => distance(points, front)));
  return {
    igd: mean(invertedGenerationalDistance),
    igdPlus: mean(invertedGenerationalDistancePlus),
    gd: mean(generationalDistance),
  };
}

function meanPoint(points: readonly Point[]): Point {
  return [meanOf(points.map(([x]) => x)), meanOf(points.map(([, y]) => y))];
}
