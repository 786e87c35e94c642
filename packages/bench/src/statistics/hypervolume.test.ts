import { randomFrom } from '@scalpel/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { segment, simplex } from '../testing/fronts.ts';
import { setsOf } from '../testing/points.ts';
import { hypervolume } from './hypervolume.ts';
import { nonDominated, weaklyDominates } from './metrics.ts';
import type { Losses, Point } from './points.ts';

const reference: Point = [1, 1];
const ones = (points: readonly Losses[]) => points[0]!.map(() => 1);

/** Σ over the subsets of (−1)^(size + 1) times the box that all points of the subset dominate. */
function byInclusionAndExclusion(points: readonly Losses[], reference: Losses): number {
  let volume = 0;
  for (let subset = 1; subset < 2 ** points.length; subset++) {
    const chosen = points.filter((_, index) => subset & (1 << index));
    const box = reference.reduce(
      (product, side, i) => product * Math.max(0, side - Math.max(...chosen.map((point) => point[i]!))),
      1,
    );
    volume += chosen.length % 2 === 1 ? box : -box;
  }
  return volume;
}

describe('hypervolume', () => {
  test('is the volume by inclusion and exclusion, in one to eight objectives', () => {
    fc.assert(
      fc.property(setsOf(7), (points) => {
        const exact = byInclusionAndExclusion(points, ones(points));
        expect(hypervolume(points, ones(points))).toBeCloseTo(exact, 12);
      }),
      { numRuns: 300 },
    );
  });

  test('never shrinks when a point is added, and grows if nothing dominated it', () => {
    fc.assert(
      fc.property(setsOf(12), ([added, ...points]) => {
        const all = added!.map(() => 1);
        const before = hypervolume(points, all);
        const after = hypervolume([...points, added!], all);
        const inside = added!.every((value) => value < 1);
        const isNews = inside && !points.some((point) => weaklyDominates(point, added!));
        if (isNews) expect(after).toBeGreaterThan(before);
        else expect(after).toBeCloseTo(before, 12);
      }),
    );
  });

  test('does not depend on order, duplicates, dominated points, or the order of the objectives', () => {
    fc.assert(
      fc.property(setsOf(9), fc.integer({ min: 0, max: 8 }), (points, turn) => {
        const all = ones(points);
        const volume = hypervolume(points, all);
        const turned = [...points.slice(turn), ...points.slice(0, turn)];
        expect(hypervolume([...turned, ...points], all)).toBeCloseTo(volume, 12);
        expect(hypervolume(nonDominated(points), all)).toBeCloseTo(volume, 12);
        const mirrored = points.map((point) => point.toReversed());
        expect(hypervolume(mirrored, all)).toBeCloseTo(volume, 12);
      }),
    );
  });

  test('scales with each loss, and moves with the reference point', () => {
    fc.assert(
      fc.property(
        setsOf(9),
        fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (points, scales) => {
          const change = (point: Losses) => point.map((value, i) => value * scales[i]! + scales[i]! / 3);
          const factor = ones(points).reduce((product, _, i) => product * scales[i]!, 1);
          const volume = hypervolume(points, ones(points));
          const changed = hypervolume(points.map(change), change(ones(points)));
          expect(changed / factor).toBeCloseTo(volume, 9);
        },
      ),
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

  test('of points half way out on each side of a cube is all but the box beyond them', () => {
    const corners = (count: number) =>
      Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, j) => (i === j ? 0.5 : 0)));
    expect(hypervolume(corners(3), [1, 1, 1])).toBe(1 - 0.5 ** 3);
    expect(hypervolume(corners(4), [1, 1, 1, 1])).toBe(1 - 0.5 ** 4);
  });

  test('of sixty points of eight losses, none of which dominates another, is what random points say', () => {
    const random = randomFrom(8);
    const points = Array.from({ length: 60 }, () => {
      const parts = Array.from({ length: 8 }, () => -Math.log(1 - random()));
      const total = parts.reduce((a, b) => a + b);
      return parts.map((part) => part / total);
    });
    const at = Array<number>(8).fill(0.6);
    const volume = hypervolume(points, at);
    expect(hypervolume(points.toReversed(), at)).toBe(volume);
    const draws = 40_000;
    let hits = 0;
    for (let draw = 0; draw < draws; draw++) {
      const place = at.map((side) => side * random());
      if (points.some((point) => weaklyDominates(point, place))) hits++;
    }
    const box = 0.6 ** 8;
    const share = hits / draws;
    // Five standard deviations.
    expect(Math.abs(volume / box - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / draws));
    expect(share).toBeGreaterThan(0.1);
  });

  test('holds where the product of some extents is beyond float64', () => {
    const [high, low] = [1e200, 1e-150];
    const points = [
      [-high, -low, -low / 2],
      [-high / 2, -low, -low],
    ];
    expect(hypervolume(points, [0, 0, 0]) / high / low / low).toBeCloseTo(0.75, 12);
    expect(hypervolume([[-1.5e308, 0]], [1.5e308, 2 ** -1000])).toBe(1.5e308 * 2 ** -999);
    expect(
      hypervolume(
        [
          [-1e200, -1e200, -1],
          [-1e200, -1, -1e200],
        ],
        [0, 0, 0],
      ),
    ).toBe(Number.POSITIVE_INFINITY);
  });

  test('refuses points of another number of losses', () => {
    expect(() => hypervolume([[1, 2, 3]], reference)).toThrow(
      'hypervolume: points[0] has 3 losses and reference[0] has 2. Give all the same.',
    );
  });
});

describe('hypervolume of known fronts, which points on them approach from below', () => {
  const circle = segment((t) => [Math.cos((t * Math.PI) / 2), Math.sin((t * Math.PI) / 2)]);
  const fronts: readonly (readonly [string, readonly Point[], Point, number])[] = [
    ['two spheres', segment((t) => [t ** 2, (1 - t) ** 2]), [1, 1], 5 / 6],
    ['two spheres', segment((t) => [t ** 2, (1 - t) ** 2]), [1.1, 1.1], 1.0433333],
    ['Fonseca–Fleming', fonsecaFleming(), [1, 1], 0.3421156],
    ['Fonseca–Fleming', fonsecaFleming(), [1.1, 1.1], 0.5521156],
    ['ZDT1', segment((t) => [t, 1 - Math.sqrt(t)]), [1.1, 1.1], 0.8766667],
    ['ZDT2', segment((t) => [t, 1 - t ** 2]), [1.1, 1.1], 0.5433333],
    ['ZDT3', segment((t) => [t, 1 - Math.sqrt(t) - t * Math.sin(10 * Math.PI * t)]), [1.1, 1.1], 1.3317629],
    ['DTLZ1', segment((t) => [t / 2, (1 - t) / 2]), [1, 1], 1 - 1 / 8],
    ['DTLZ2', circle, [1.1, 1.1], 1.21 - Math.PI / 4],
  ];

  test.each(fronts)('%s, reference %s', (_, points, at, known) => {
    const found = hypervolume(points, at);
    expect(found).toBeLessThan(known + 1e-7);
    expect(found).toBeGreaterThan(known - 2e-4);
  });

  test('DTLZ1 and DTLZ2 with three and four objectives, closer with more points', () => {
    // The volume below the plane Σ fᵢ = ½ is ½ⁿ / n!. The positive part of the unit ball has volume π/6 in
    // three dimensions and π²/32 in four.
    const plane = (count: number, parts: number) =>
      simplex(count, parts).map((point) => point.map((x) => x / 2));
    const ball = (count: number, parts: number) =>
      simplex(count, parts).map((point) => point.map((x) => x / Math.hypot(...point)));
    const cases = [
      [plane, 3, [8, 16, 32], 1.1 ** 3 - 0.5 ** 3 / 6],
      [ball, 3, [8, 16, 32], 1.1 ** 3 - Math.PI / 6],
      [plane, 4, [4, 8, 12], 1.1 ** 4 - 0.5 ** 4 / 24],
      [ball, 4, [4, 8, 12], 1.1 ** 4 - Math.PI ** 2 / 32],
    ] as const;
    for (const [front, count, parts, known] of cases) {
      const at = Array<number>(count).fill(1.1);
      const lacks = parts.map((n) => known - hypervolume(front(count, n), at));
      expect(lacks.every((lack) => lack > 0)).toBe(true);
      expect(lacks[1]).toBeLessThan(0.7 * lacks[0]!);
      expect(lacks[2]).toBeLessThan(0.8 * lacks[1]!);
      // The error of a grid falls like 1 / parts, so the limit follows from two grids.
      const limit = (parts[2] * lacks[2]! - parts[1] * lacks[1]!) / (parts[2] - parts[1]);
      expect(Math.abs(limit)).toBeLessThan(0.03 * known);
    }
  });
});

function fonsecaFleming(): Point[] {
  return segment((s) => [1 - Math.exp(-((2 * s - 2) ** 2)), 1 - Math.exp(-((2 * s) ** 2))]);
}
