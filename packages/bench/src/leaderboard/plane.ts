import type { Axis } from '../plan/index.ts';
import type { Point } from '../statistics/index.ts';
import { formatNumber } from '../text/index.ts';
import type { Board, Row } from './leaderboard.ts';
import { type Split, scoredOn } from './score.ts';

/** The plane of one split, ready to be drawn: from the best values to a little beyond the reference point. */
export interface Plane {
  readonly x: Side;
  readonly y: Side;
  /**
   * One mark for each method and setting. A method's marks are together, in the order of its settings; the
   * best method comes last.
   */
  readonly marks: readonly Mark[];
  readonly bands: readonly Corner[];
}

/** One axis of a plane: its label, scale and range, and the reference point on it, in units of the loss. */
export interface Side {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  readonly domain: Point;
  readonly reference: number;
}

/** The losses of a method at one setting: the mean over the seeds. */
export interface Mark {
  readonly method: string;
  readonly setting: string;
  readonly x: number;
  readonly y: number;
  /**
   * False if the point is beyond the plane. Points worse than the reference do not count, and would leave
   * little room for the others.
   */
  readonly inside: boolean;
  readonly title: string;
}

/**
 * A corner of the area that a method covers over its seeds: a box around each setting, joined where a line
 * connects two settings.
 */
export interface Corner {
  readonly method: string;
  /** Corners with the same value belong to one shape. */
  readonly part: string;
  readonly x: number;
  readonly y: number;
}

/**
 * The share of an axis that stays free: beyond the best value, where settings are written, and beyond the
 * reference.
 */
const MARGIN = { best: 0.14, reference: 0.06 };

/** The plane of one split of a board, with the marks of all methods. */
export function planeOf(board: Board, split: Split): Plane {
  const points = board.rows.flatMap(({ settings }) =>
    settings.flatMap(({ points }) => points[split]?.seeds ?? []),
  );
  const sides: readonly [Side, Side] = [sideOf(board.axes, 0, points), sideOf(board.axes, 1, points)];
  const drawn = board.rows.toReversed().map((row) => drawRow(row, split, sides));
  return {
    x: sides[0],
    y: sides[1],
    marks: drawn.flatMap(({ marks }) => marks),
    bands: drawn.flatMap(({ bands }) => bands),
  };
}

/** The axis of one objective, `axes[index]`, with a range around the given points. */
export function sideOf(axes: readonly [Axis, Axis], index: 0 | 1, points: readonly Point[]): Side {
  const { objective, reference, scale: wanted } = axes[index];
  const better = points.filter(([x, y]) => x < axes[0].reference && y < axes[1].reference);
  const lowest = Math.min(reference, ...(better.length > 0 ? better : points).map((point) => point[index]));
  const scale = wanted === 'log' && lowest > 0 ? 'log' : 'linear';
  const [to, from] = scale === 'log' ? [Math.log, Math.exp] : [(v: number) => v, (v: number) => v];
  const length = to(reference) - to(lowest) || 1;
  const domain: Point = [
    from(to(lowest) - MARGIN.best * length),
    from(to(reference) + MARGIN.reference * length),
  ];
  return { label: objective, scale, domain, reference };
}

function drawRow(
  { label: method, settings }: Row,
  split: Split,
  sides: readonly [Side, Side],
): Pick<Plane, 'marks' | 'bands'> {
  const scored = scoredOn(settings, split);
  const marks = scored.map(({ name, mean, seeds }): Mark => {
    const inside = sides.every(({ domain }, axis) => domain[0] <= mean[axis]! && mean[axis]! <= domain[1]);
    const values = sides.map(({ label }, axis) => `${label} ${formatNumber(mean[axis]!)}`);
    const count = seeds.length === 1 ? 'one seed' : `mean of ${seeds.length} seeds`;
    const title = [name === '' ? method : `${method}, ${name}`, ...values, count].join('\n');
    return { method, setting: name, x: mean[0], y: mean[1], inside, title };
  });
  const boxes = scored.map(({ seeds }) => (seeds.length > 1 ? boxAround(seeds) : []));
  const parts = marks.map((mark, index) => {
    const before = marks[index - 1];
    const joined = before && isOnCurve(before) && isOnCurve(mark) ? boxes[index - 1]! : [];
    return [...joined, ...boxes[index]!];
  });
  const bands = parts.flatMap((corners, index) =>
    corners.map(([x, y]): Corner => ({ method, part: `${method} ${index}`, x, y })),
  );
  return { marks, bands };
}

/** False for settings of several numbers. They fill a grid, so no line connects them. */
export function isOnCurve({ setting }: Mark): boolean {
  return !setting.includes('[');
}

/** The four corners of a box, from the lowest to the highest of each loss. */
function boxAround(points: readonly Point[]): readonly Point[] {
  const [across, up] = ([0, 1] as const).map((axis) => points.map((point) => point[axis]));
  const ends = (values: readonly number[]) => [Math.min(...values), Math.max(...values)];
  return ends(across!).flatMap((x) => ends(up!).map((y): Point => [x, y]));
}
