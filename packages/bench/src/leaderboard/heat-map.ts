import type { Plan, PlannedPoint, SuiteMap } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import type { Point } from '../statistics/index.ts';
import { bootstrap, type Estimate, meanOf } from '../statistics/index.ts';
import type { Known } from './score.ts';

/** The map of a loss over one option of the task (across) and one of the combiner (up), ready to be drawn. */
export interface HeatMap extends SuiteMap {
  readonly seeds: number;
  /** One cell for each pair of values. */
  readonly cells: readonly HeatCell[];
  /**
   * The valley: for each value across, the value up with the lowest mean loss over the seeds. A value across
   * is left out if its lowest loss is at the edge of the map or not known.
   */
  readonly valley: readonly Point[];
  /**
   * The slope of log(value up) against log(value across) along the valley, estimated over the seeds. Null if
   * a seed has fewer than three points of the valley.
   */
  readonly slope: Estimate | null;
}

/** The loss at one pair of values. */
export interface HeatCell {
  readonly across: number;
  readonly up: number;
  /** The mean over the seeds. Null if a seed diverged, failed or is missing. */
  readonly value: number | null;
}

/**
 * One heat map for each map of the suite that has at least two columns. A plan with only some of the tasks
 * may have none.
 */
export function heatMapsOf(plan: Plan, records: readonly RunRecord[]): readonly HeatMap[] {
  const known: Known = new Map(records.map((record) => [record.key, record]));
  return plan.maps.flatMap((map) => {
    const columns = plan.entries.flatMap(({ task, methods, seeds }) =>
      methods
        .filter(({ label }) => label === map.method)
        .map(({ points }) => columnOf(map, task.options, points, seeds.length, known)),
    );
    return columns.length < 2 ? [] : [heatMapOf(map, columns)];
  });
}

interface Column {
  readonly across: number;
  readonly ups: readonly number[];
  /** The loss of each seed at each value up; NaN without a result. */
  readonly losses: readonly (readonly number[])[];
}

function columnOf(
  { across, up, objective }: SuiteMap,
  options: unknown,
  points: readonly PlannedPoint[],
  seeds: number,
  known: Known,
): Column {
  const sorted = points.toSorted((a, b) => upOf(a, up) - upOf(b, up));
  return {
    across: (options as Record<string, number>)[across]!,
    ups: sorted.map((point) => upOf(point, up)),
    losses: Array.from({ length: seeds }, (_, place) =>
      sorted.map(({ runs }) => {
        const outcome = known.get(runs[place]!.key)?.outcome;
        return outcome?.state === 'finished' ? outcome.metrics[`train/${objective}`]! : Number.NaN;
      }),
    ),
  };
}

function upOf({ runs }: PlannedPoint, up: string): number {
  return (runs[0]!.spec.combiner.options as Record<string, number>)[up]!;
}

function heatMapOf(map: SuiteMap, given: readonly Column[]): HeatMap {
  const columns = given.toSorted((a, b) => a.across - b.across);
  const seeds = columns[0]!.losses.length;
  const means = columns.map(({ ups, losses }) =>
    ups.map((_, row) => meanOf(losses.map((seed) => seed[row]!))),
  );
  const valleyOf = (losses: (column: number) => readonly number[]) =>
    columns.flatMap(({ across, ups }, column): Point[] => {
      const least = leastAt(ups, losses(column));
      return least === null ? [] : [[across, least]];
    });
  const slopes = Array.from({ length: seeds }, (_, place) =>
    slopeOf(valleyOf((column) => columns[column]!.losses[place]!)),
  ).filter((slope) => slope !== null);
  return {
    ...map,
    seeds,
    cells: columns.flatMap(({ across, ups }, column) =>
      ups.map((up, row) => {
        const value = means[column]![row]!;
        return { across, up, value: Number.isFinite(value) ? value : null };
      }),
    ),
    valley: valleyOf((column) => means[column]!),
    slope: slopes.length < seeds ? null : { value: meanOf(slopes), interval: bootstrap(slopes, meanOf) },
  };
}

/**
 * The lowest point of the parabola through the smallest value and its two neighbours, in logarithms. Null if
 * the smallest value is at an end, or one of the three is not a positive number.
 */
export function leastAt(ups: readonly number[], losses: readonly number[]): number | null {
  const finite = losses.map((loss) => (Number.isFinite(loss) ? loss : Number.POSITIVE_INFINITY));
  const row = finite.indexOf(Math.min(...finite));
  if (row < 1 || row > ups.length - 2) return null;
  const [a, b, c] = [row - 1, row, row + 1].map((index) => [Math.log(ups[index]!), Math.log(finite[index]!)]);
  if (![a, b, c].flat().every(Number.isFinite)) return null;
  const [left, right] = [a![0]! - b![0]!, c![0]! - b![0]!];
  const [up, down] = [a![1]! - b![1]!, c![1]! - b![1]!];
  const flat = left * down - right * up;
  return Math.exp(b![0]! + (flat === 0 ? 0 : (left * left * down - right * right * up) / (2 * flat)));
}

/** The slope in logarithms, by least squares. Null with fewer than three points. */
export function slopeOf(points: readonly Point[]): number | null {
  if (points.length < 3) return null;
  const [xs, ys] = [points.map(([x]) => Math.log(x)), points.map(([, y]) => Math.log(y))];
  const [x, y] = [meanOf(xs), meanOf(ys)];
  const covariance = xs.reduce((sum, own, index) => sum + (own - x) * (ys[index]! - y), 0);
  return covariance / xs.reduce((sum, own) => sum + (own - x) ** 2, 0);
}
