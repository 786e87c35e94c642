import { checkNumbers } from '@scalpel/core';
import { checkPoints, type Losses, type Point } from './points.ts';

/**
 * True if a is nowhere worse than b. Like all functions here, it throws for losses that are not finite or
 * differ in number.
 */
export function weaklyDominates(a: Losses, b: Losses): boolean {
  checkPoints('weaklyDominates', { losses: [a, b] });
  return isNowhereWorse(a, b);
}

function isNowhereWorse(a: Losses, b: Losses): boolean {
  return a.every((value, objective) => value <= b[objective]!);
}

/**
 * The points that no other point dominates, each once. They are sorted by the first loss, then the second,
 * and so on.
 */
export function nonDominated<Model extends Losses>(points: readonly Model[]): Model[] {
  checkPoints('nonDominated', { points });
  const front: Model[] = [];
  // In this order a point comes after every point that dominates it.
  for (const point of points.toSorted(lexicographic)) {
    if (!front.some((other) => isNowhereWorse(other, point))) front.push(point);
  }
  return front;
}

function lexicographic(a: Losses, b: Losses): number {
  const objective = a.findIndex((value, index) => value !== b[index]);
  return objective < 0 ? 0 : a[objective]! - b[objective]!;
}

/**
 * C(A, B): the share of B's front, in [0, 1], that some point of A weakly dominates (Zitzler and Thiele,
 * 1998). It is not symmetric, so look at both directions. Null if B is empty.
 */
export function dominanceShare(a: readonly Losses[], b: readonly Losses[]): number | null {
  checkPoints('dominanceShare', { a, b });
  const front = nonDominated(b);
  if (front.length === 0) return null;
  const dominated = front.filter((point) => a.some((other) => isNowhereWorse(other, point)));
  return dominated.length / front.length;
}

/**
 * Δm, in percent: the mean over the metrics of the relative change against a baseline. The definition is that
 * of Maninis, Radosavovic and Kokkinos (CVPR 2019), with the sign of Nash-MTL and later papers: negative is
 * better. Null without metrics, and if a value of the baseline is not positive.
 */
export function deltaM(
  values: readonly number[],
  baseline: readonly number[],
  higherIsBetter: readonly boolean[] = [],
): number | null {
  checkPoints('deltaM', { metrics: [values, baseline] });
  if (values.length === 0 || baseline.some((value) => value <= 0)) return null;
  const changes = values.map((value, metric) => {
    const change = (value - baseline[metric]!) / baseline[metric]!;
    return higherIsBetter[metric] ? -change : change;
  });
  return (100 * changes.reduce((sum, change) => sum + change, 0)) / changes.length;
}

/**
 * The lowest main loss (the first) on the front at an auxiliary loss of at most `auxiliary`. Straight lines
 * join the points of the front. Null if no point has so low an auxiliary loss.
 */
export function lowestMain(points: readonly Point[], auxiliary: number): number | null {
  checkNumbers('lowestMain', { points, auxiliary });
  const front = nonDominated(points);
  const index = front.findIndex((point) => point[1] <= auxiliary);
  if (index < 0) return null;
  const [main, reached] = front[index]!;
  const before = front[index - 1];
  if (!before) return main;
  return main + ((before[0] - main) * (auxiliary - reached)) / (before[1] - reached);
}

/**
 * min over the points of (1 − t) main + t auxiliary, t in [0, 1] (figure 6 of arXiv 2402.02998). Infinite
 * without points.
 */
export function mixedLoss(points: readonly Point[], t: number): number {
  checkNumbers('mixedLoss', { points, t });
  return lowestMixture(points, t);
}

/** The same for each t. */
export function mixedLosses(points: readonly Point[], ts: readonly number[]): number[] {
  checkNumbers('mixedLosses', { points, ts });
  return ts.map((t) => lowestMixture(points, t));
}

function lowestMixture(points: readonly Point[], t: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const [main, auxiliary] of points) lowest = Math.min(lowest, (1 - t) * main + t * auxiliary);
  return lowest;
}
