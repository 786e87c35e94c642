import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  generationalDistance,
  invertedGenerationalDistance,
  invertedGenerationalDistancePlus,
} from './front-distance.ts';
import { weaklyDominates } from './metrics.ts';
import type { Losses } from './points.ts';

const coordinate = fc.integer({ min: 0, max: 10 }).map((k) => k / 10);
const sets = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 1, maxLength: 8 });

test('all three are 0 on the front itself, whatever the order and however often', () => {
  fc.assert(
    fc.property(sets, (front) => {
      for (const distance of [
        invertedGenerationalDistance,
        invertedGenerationalDistancePlus,
        generationalDistance,
      ]) {
        expect(distance([...front.toReversed(), ...front], front)).toBe(0);
      }
    }),
  );
});

test('IGD⁺ never grows when every point gets better; IGD does (the example of Ishibuchi et al., 2015)', () => {
  const front = [
    [0, 10],
    [1, 6],
    [2, 2],
    [6, 1],
    [10, 0],
  ];
  const better = [
    [2, 4],
    [3, 3],
    [4, 2],
  ];
  const worse = [
    [2, 8],
    [4, 4],
    [8, 2],
  ];
  expect(worse.every((point) => better.some((other) => weaklyDominates(other, point)))).toBe(true);
  // The paper prints 3.707 and 2.591, 1.483 and 2.260.
  expect(invertedGenerationalDistance(better, front)).toBeCloseTo(3.707, 3);
  expect(invertedGenerationalDistance(worse, front)).toBeCloseTo(2.591, 3);
  expect(invertedGenerationalDistancePlus(better, front)).toBeCloseTo(1.483, 3);
  expect(invertedGenerationalDistancePlus(worse, front)).toBeCloseTo(2.26, 2);
  fc.assert(
    fc.property(sets, sets, coordinate, (points, target, step) => {
      const moved = points.map((point) => point.map((value) => value - step));
      expect(invertedGenerationalDistancePlus(moved, target)).toBeLessThanOrEqual(
        invertedGenerationalDistancePlus(points, target) + 1e-12,
      );
    }),
  );
});

test('one more point never makes IGD or IGD⁺ larger, and IGD⁺ is at most IGD', () => {
  fc.assert(
    fc.property(sets, sets, ([added, ...points], front) => {
      for (const distance of [invertedGenerationalDistance, invertedGenerationalDistancePlus]) {
        const before = points.length === 0 ? Number.POSITIVE_INFINITY : distance(points, front);
        expect(distance([...points, added!], front)).toBeLessThanOrEqual(before);
      }
      expect(invertedGenerationalDistancePlus([added!], front)).toBeLessThanOrEqual(
        invertedGenerationalDistance([added!], front),
      );
    }),
  );
});

test('points beside a line are away from it by their height, and the line from them by more', () => {
  const line: Losses[] = Array.from({ length: 101 }, (_, k) => [k / 100, 0]);
  const above: Losses[] = [
    [0.25, 0.1],
    [0.75, 0.3],
  ];
  expect(generationalDistance(above, line)).toBeCloseTo(0.2, 12);
  expect(invertedGenerationalDistance(above, line)).toBeGreaterThan(0.2);
});
