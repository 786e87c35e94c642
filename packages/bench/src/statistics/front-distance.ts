import type { Losses } from './points.ts';
import { checkPoints } from './points.ts';

// Distances of a set of points from a known front, which is given as points close to each other. All are
// means of distances, not roots of sums of squares. They are infinite without points, and throw without a
// front.

/**
 * IGD: the mean over the front of the distance to the nearest point (Coello Coello and Cruz Cortés, 2005). It
 * is 0 if the points cover the whole front.
 */
export function invertedGenerationalDistance(points: readonly Losses[], front: readonly Losses[]): number {
  check('invertedGenerationalDistance', points, front);
  return meanOfNearest(front, points, (target, point) =>
    Math.hypot(...point.map((value, i) => value - target[i]!)),
  );
}

/**
 * IGD⁺: the same, except that only losses worse than the front add to the distance (Ishibuchi et al., EMO
 * 2015). If a set weakly dominates another, its IGD⁺ is at most as large. This does not hold for IGD.
 */
export function invertedGenerationalDistancePlus(
  points: readonly Losses[],
  front: readonly Losses[],
): number {
  check('invertedGenerationalDistancePlus', points, front);
  return meanOfNearest(front, points, (target, point) =>
    Math.hypot(...point.map((value, i) => Math.max(0, value - target[i]!))),
  );
}

/**
 * GD: the mean over the points of the distance to the nearest point of the front (Van Veldhuizen, 1999). It
 * is 0 if all points are on the front.
 */
export function generationalDistance(points: readonly Losses[], front: readonly Losses[]): number {
  check('generationalDistance', points, front);
  return points.length === 0 ? Number.POSITIVE_INFINITY : invertedGenerationalDistance(front, points);
}

function check(owner: string, points: readonly Losses[], front: readonly Losses[]): void {
  checkPoints(owner, { front, points });
  if (front.length === 0)
    throw new Error(`${owner}: front has no points. Give the front that is to be found.`);
}

function meanOfNearest(
  from: readonly Losses[],
  to: readonly Losses[],
  distance: (a: Losses, b: Losses) => number,
): number {
  const nearest = from.map((a) => Math.min(...to.map((b) => distance(a, b))));
  return nearest.reduce((sum, value) => sum + value, 0) / nearest.length;
}
