import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coordinate, setsOf } from '../testing/points.ts';
import { deltaM, dominanceShare, lowestMain, mixedLoss, nonDominated, weaklyDominates } from './metrics.ts';
import type { Point } from './points.ts';

const pointSets = fc.array(fc.tuple(coordinate, coordinate), { maxLength: 12 });

describe('the front', () => {
  test('is dominated by nothing, dominates everything else, and begins at the lowest first loss', () => {
    fc.assert(
      fc.property(setsOf(12), (points) => {
        const front = nonDominated(points);
        for (const point of points) expect(front.some((other) => weaklyDominates(other, point))).toBe(true);
        for (const [index, point] of front.entries()) {
          expect(front.some((other, i) => i !== index && weaklyDominates(other, point))).toBe(false);
          if (index > 0) expect(point[0]).toBeGreaterThanOrEqual(front[index - 1]![0]!);
        }
      }),
    );
  });

  test('leaves its input alone', () => {
    const points: Point[] = [
      [2, 1],
      [1, 2],
    ];
    nonDominated(points);
    expect(points).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });
});

describe('dominance share', () => {
  test('is not symmetric', () => {
    const a: Point[] = [
      [0, 2],
      [2, 0],
    ];
    const b: Point[] = [
      [1, 3],
      [3, -1],
    ];
    expect(dominanceShare(a, b)).toBe(1 / 2);
    expect(dominanceShare(b, a)).toBe(0);
  });

  test('counts the front of the other alone', () => {
    // (1, 1) dominates (5, 5), so (5, 5) is not on the front and must not count.
    expect(
      dominanceShare(
        [[2, 2]],
        [
          [1, 1],
          [5, 5],
        ],
      ),
    ).toBe(0);
  });

  test('of nothing is unknown, and nothing dominates nothing', () => {
    expect(dominanceShare([[0, 0]], [])).toBeNull();
    expect(dominanceShare([], [[0, 0]])).toBe(0);
  });

  test('every set dominates itself', () => {
    fc.assert(
      fc.property(pointSets, (points) => {
        expect(dominanceShare(points, points)).toBe(points.length === 0 ? null : 1);
      }),
    );
  });
});

describe('Δm', () => {
  test('is what Nash-MTL (arXiv 2202.01017) prints for linear scalarisation on NYUv2: 5.59 %', () => {
    const single = [38.3, 63.76, 0.6754, 0.278, 25.01, 19.21, 30.14, 57.2, 69.15];
    const scalarised = [39.29, 65.33, 0.5493, 0.2263, 28.15, 23.96, 22.09, 47.5, 61.08];
    const higher = [true, true, false, false, false, false, true, true, true];
    expect(deltaM(scalarised, single, higher)).toBeCloseTo(5.59, 2);
  });

  test('is 0 against itself, −50 at half, does not see units, and has no meaning against 0 or less', () => {
    expect(deltaM([2, 3], [2, 3])).toBe(0);
    expect(deltaM([1, 1.5], [2, 3])).toBe(-50);
    expect(deltaM([1000, 1.5], [2000, 3])).toBe(-50);
    expect(deltaM([1, 1], [1, 0])).toBeNull();
    expect(deltaM([1, 1], [1, -1])).toBeNull();
  });
});

describe('the lowest main loss at an auxiliary loss', () => {
  test('falls as more is allowed, is at each point of the front its own, and unknown below all of them', () => {
    fc.assert(
      fc.property(pointSets, coordinate, coordinate, (points, a, b) => {
        const [tight, wide] = [Math.min(a, b), Math.max(a, b)].map((level) => lowestMain(points, level));
        if (tight === null) expect(points.every(([, y]) => y > Math.min(a, b))).toBe(true);
        else expect(wide).toBeLessThanOrEqual(tight! + 1e-12);
        for (const [x, y] of nonDominated(points)) expect(lowestMain(points, y)).toBe(x);
      }),
    );
  });

  test('is on the line between two neighbours, and nowhere better than the best', () => {
    const points: Point[] = [
      [1, 5],
      [3, 1],
      [4, 4],
    ];
    expect(lowestMain(points, 2)).toBe(2.5);
    expect(lowestMain(points, 9)).toBe(1);
    expect(lowestMain(points, 0.5)).toBeNull();
  });
});

describe('the mixed loss', () => {
  test('is concave in t, is the lowest of each loss at its ends, and that of the front alone', () => {
    fc.assert(
      fc.property(
        pointSets.filter((points) => points.length > 0),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (points, t) => {
          const [start, end] = [0, 1].map((at) => mixedLoss(points, at)) as [number, number];
          expect(start).toBe(Math.min(...points.map(([x]) => x)));
          expect(end).toBe(Math.min(...points.map(([, y]) => y)));
          expect(mixedLoss(points, t)).toBeGreaterThanOrEqual((1 - t) * start + t * end - 1e-12);
          expect(mixedLoss(nonDominated(points), t)).toBe(mixedLoss(points, t));
        },
      ),
    );
  });
});
