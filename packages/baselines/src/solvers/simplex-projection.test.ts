import { randomFrom } from '@scalpel/core';
import { expect, test } from 'vitest';
import { projectOnSimplex } from './simplex-projection.ts';

const random = randomFrom(3);

/** Points of 1 to 8 entries, at several scales, some with equal entries. */
const points = Array.from({ length: 400 }, (_, draw) => {
  const scale = 10 ** ((draw % 7) - 3);
  const point = Array.from({ length: 1 + (draw % 8) }, () => scale * (4 * random() - 2));
  if (draw % 3 === 0) point[point.length - 1] = point[0]!;
  return point;
});

const total = (point: readonly number[]) => point.reduce((sum, x) => sum + x, 0);

/**
 * Tries every support: the point with the same distance to all of it. Returns the nearest of these points
 * that is in the simplex.
 */
function byEnumeration(point: readonly number[]): number[] {
  let best: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let mask = 1; mask < 2 ** point.length; mask++) {
    const support = [...point.keys()].filter((i) => (mask >> i) & 1);
    const shift = (1 - total(support.map((i) => point[i]!))) / support.length;
    const candidate = point.map((x, i) => (support.includes(i) ? x + shift : 0));
    const distance = Math.hypot(...candidate.map((x, i) => x - point[i]!));
    if (Math.min(...candidate) >= 0 && distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

test('it is in the simplex', () => {
  for (const point of points) {
    const projected = projectOnSimplex(point);
    expect(Math.min(...projected)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(total(projected) - 1)).toBeLessThan(1e-14);
  }
});

test('it is the nearest point, by trying every support', () => {
  for (const point of points) {
    const scale = Math.max(1, ...point.map(Math.abs));
    for (const [i, x] of byEnumeration(point).entries()) {
      expect(Math.abs(projectOnSimplex(point)[i]! - x)).toBeLessThan(1e-14 * scale);
    }
  }
});

test('no corner is in the direction of the point: the optimality condition, ⟨corner − w, y − w⟩ <= 0', () => {
  for (const point of points) {
    const projected = projectOnSimplex(point);
    const rest = point.map((x, i) => x - projected[i]!);
    const along = total(rest.map((x, i) => x * projected[i]!));
    expect(Math.max(...rest) - along).toBeLessThan(1e-14 * Math.max(1, ...point.map(Math.abs)));
  }
});

test('a point of the simplex stays where it is, and adding the same to all entries changes nothing', () => {
  expect(projectOnSimplex([0.25, 0, 0.75])).toEqual([0.25, 0, 0.75]);
  expect(projectOnSimplex([8.25, 8, 8.75])).toEqual([0.25, 0, 0.75]);
});

test('equal entries share, however many there are', () => {
  expect(projectOnSimplex([7, 7])).toEqual([0.5, 0.5]);
  expect(projectOnSimplex([0, 0, 0, 0])).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect(projectOnSimplex([5])).toEqual([1]);
  expect(projectOnSimplex([])).toEqual([]);
});

test('entries of any size: the weights still add up to one', () => {
  expect(projectOnSimplex([-1e300, 1e300])).toEqual([0, 1]);
  expect(projectOnSimplex([-3e20, -3e20, -4e20])).toEqual([0.5, 0.5, 0]);
  expect(projectOnSimplex([1e10 + 0.5, 1e10, 0])).toEqual([0.75, 0.25, 0]);
});

test('what it is given stays as it is', () => {
  const point = Object.freeze([3, 1, 2]);
  projectOnSimplex(point);
  expect(point).toEqual([3, 1, 2]);
});
