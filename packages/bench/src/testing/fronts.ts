import type { Losses, Point } from '../statistics/points.ts';

/** 20,001 points of a curve, from t = 0 to 1. */
export function segment(at: (t: number) => Point): Point[] {
  return Array.from({ length: 20_001 }, (_, k) => at(k / 20_000));
}

/** All points with nonnegative coordinates in steps of 1 / parts that add up to 1 (Das and Dennis, 1998). */
export function simplex(count: number, parts: number): Losses[] {
  const grid = (left: number, objectives: number): number[][] => {
    if (objectives === 1) return [[left]];
    return Array.from({ length: left + 1 }, (_, k) => k).flatMap((k) =>
      grid(left - k, objectives - 1).map((rest) => [k, ...rest]),
    );
  };
  return grid(parts, count).map((point) => point.map((k) => k / parts));
}
