import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dominanceShare, hypervolume, nonDominated, type Point, weaklyDominates } from './metrics.ts';

const reference: Point = [1, 1];
/** On a grid, so that ties and equal points are common; some lie outside the reference. */
const coordinate = fc.integer({ min: 0, max: 24 }).map((k) => k / 20);
const pointSets = fc.array(fc.tuple(coordinate, coordinate), { maxLength: 12 });

/** Counts the cells of a 20 × 20 grid that some point dominates: exact for points on the grid. */
function countedArea(points: readonly Point[]): number {
  let cells = 0;
  for (let i = 0; i < 20; i++) {
    for (let j = 0; j < 20; j++) {
      if (points.some((point) => weaklyDominates(point, [i / 20, j / 20]))) cells++;
    }
  }
  return cells / 400;
}

describe('hypervolume', () => {
  test('is the area counted cell by cell', () => {
    fc.assert(
      fc.property(pointSets, (points) => {
        expect(hypervolume(points, reference)).toBeCloseTo(countedArea(points), 12);
      }),
    );
  });

  test('never shrinks when a point is added, and grows if nothing dominated it', () => {
    fc.assert(
      fc.property(pointSets, fc.tuple(coordinate, coordinate), (points, added) => {
        const before = hypervolume(points, reference);
        const after = hypervolume([...points, added], reference);
        const inside = added[0] < 1 && added[1] < 1;
        const isNews = inside && !points.some((point) => weaklyDominates(point, added));
        if (isNews) expect(after).toBeGreaterThan(before);
        else expect(after).toBe(before);
      }),
    );
  });

  test('is that of the front alone', () => {
    fc.assert(
      fc.property(pointSets, (points) => {
        expect(hypervolume(nonDominated(points), reference)).toBe(hypervolume(points, reference));
      }),
    );
  });

  test.each([
    ['no points', [], 0],
    ['one point', [[0.25, 0.5]], 0.375],
    [
      'a staircase',
      [
        [0.5, 0],
        [0, 0.5],
      ],
      0.75,
    ],
    ['a point on the edge of the reference', [[1, 0]], 0],
    [
      'a point beyond it, beside one within',
      [
        [-5, 3],
        [0, 0],
      ],
      1,
    ],
  ] as const)('of %s', (_, points, area) => {
    expect(hypervolume(points, reference)).toBe(area);
  });

  test('approaches that of known fronts: √f₁ + √f₂ = 1 has 5/6 at (1, 1), f₂ = 1 − √f₁ has 0.8766… at (1.1, 1.1)', () => {
    const steps = Array.from({ length: 20_001 }, (_, k) => k / 20_000);
    expect(
      hypervolume(
        steps.map((t) => [t ** 2, (1 - t) ** 2]),
        [1, 1],
      ),
    ).toBeCloseTo(5 / 6, 3);
    expect(
      hypervolume(
        steps.map((t) => [t ** 2, 1 - t]),
        [1.1, 1.1],
      ),
    ).toBeCloseTo(0.876667, 3);
  });
});

describe('the front', () => {
  test('is dominated by nothing, dominates everything else, and runs down from left to right', () => {
    fc.assert(
      fc.property(pointSets, (points) => {
        const front = nonDominated(points);
        for (const point of points) expect(front.some((other) => weaklyDominates(other, point))).toBe(true);
        for (const [index, point] of front.entries()) {
          expect(front.some((other, i) => i !== index && weaklyDominates(other, point))).toBe(false);
          if (index > 0) expect(point[0]).toBeGreaterThan(front[index - 1]![0]);
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
    // (5, 5) is behind (1, 1), so it must not count as a half.
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
