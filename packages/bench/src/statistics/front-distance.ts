import type { Losses } from './points.ts';
import { checkPoints } from './points.ts';

// How far a set of points is from a known front, given as points close to each other. Means of distances, not roots of sums of squares. Infinite
// without points; without a front there is nothing to be far from, which throws.

/** IGD: the mean over the front of the distance to the nearest point (Coello Coello and Cruz Cortés, 2005). 0: all of the front was found. */
export function invertedGenerationalDistance(points: readonly Losses[], front: readonly Losses[]): number {
  check('invertedGenerationalDistance', points, front);
  return meanOfNearest(front, points, (target, point) =>
    Math.hypot(...point.map((value, i) => value - target[i]!)),
  );
}

/**
 * IGD⁺: the same with what a point lacks, and nothing for what it is better in (Ishibuchi et al., EMO 2015). A set that weakly dominates another
 * is never further away, which does not hold for IGD.
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

/** GD: the mean over the points of the distance to the nearest point of the front (Van Veldhuizen, 1999). 0: all that was found is on it. */
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
