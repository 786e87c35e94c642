import type { PlanePoint } from '@scalpel/core';

/**
 * Points of a curve whose parameter goes from 0 to 1. The parameters are evenly spaced and include both ends.
 */
export function curve(at: (t: number) => PlanePoint, segments: number): readonly PlanePoint[] {
  return Array.from({ length: segments + 1 }, (_, index) => at(index / segments));
}

/** Euclidean distance from a point to the polyline through some points. */
export function distanceToLine(line: readonly PlanePoint[], point: ArrayLike<number>): number {
  const [x, y] = [point[0]!, point[1]!];
  const distances = line.map((end, index) => {
    const [fromX, fromY] = line[index - 1] ?? end;
    const [alongX, alongY] = [end[0] - fromX, end[1] - fromY];
    const square = alongX ** 2 + alongY ** 2;
    const share = square === 0 ? 0 : ((x - fromX) * alongX + (y - fromY) * alongY) / square;
    const nearest = Math.min(1, Math.max(0, share));
    return Math.hypot(x - fromX - nearest * alongX, y - fromY - nearest * alongY);
  });
  return Math.min(...distances);
}
