import {
  combineVectors,
  dot,
  gradients,
  matrixBank,
  project,
  relativeError,
  sum,
} from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { aGem } from './a-gem.ts';

const combine = (priorities: readonly number[], rows: readonly (readonly number[] | null)[]) =>
  combineVectors(aGem(), priorities, rows);

test('golden values', () => {
  const { coefficients } = combine(
    [0, 1],
    [
      [-4, 1, 1],
      [6, 1, 1],
    ],
  );
  expect(coefficients[0]).toBe(1);
  expect(coefficients[1]).toBeCloseTo(11 / 19, 14);
});

describe('on every pair of the bank', () => {
  const pairs = matrixBank().filter(({ rows }) => rows.length === 2);

  test('the auxiliary loss does not rise, and the main gradient changes as little as that takes', () => {
    for (const { name, rows } of pairs) {
      const [main, auxiliary] = rows as [number[], number[]];
      const { direction } = combine([0, 1], rows);
      const expected = dot(main, auxiliary) < 0 ? project(main, auxiliary) : main;
      const error = Math.hypot(...sum([1, direction], [-1, expected]));
      expect(error, name).toBeLessThanOrEqual(1e-14 * Math.hypot(...main));
      const change = dot(auxiliary, direction);
      expect(change, name).toBeGreaterThanOrEqual(-1e-13 * Math.hypot(...auxiliary) * Math.hypot(...main));
    }
  });
});

test('the rows of a level are added up first', () => {
  const [a, b, c, d] = gradients(4, 4, 5)() as [number[], number[], number[], number[]];
  const { direction } = combine([0, 0, 1, 1], [a, b, c, sum([-3, a], [-1, d])]);
  const main = sum([1, a], [1, b]);
  const auxiliary = sum([1, c], [-3, a], [-1, d]);
  expect(dot(main, auxiliary)).toBeLessThan(0);
  expect(relativeError(direction, project(main, auxiliary))).toBeLessThan(1e-12);
});

test('the conventions: zero and absent levels', () => {
  expect(
    combine(
      [0, 1],
      [
        [1, 2],
        [0, 0],
      ],
    ).direction,
  ).toEqual([1, 2]);
  expect(
    combine(
      [0, 1],
      [
        [0, 0],
        [1, 2],
      ],
    ).direction,
  ).toEqual([0, 0]);
  expect(combine([0, 1], [[1, 2], null]).direction).toEqual([1, 2]);
  expect(combine([0, 1], [null, [1, 2]]).direction).toEqual([0, 0]);
});

test('it takes two levels, and says so', () => {
  expect(() => combine([0, 0], [[1], [1]])).toThrow(/^a-gem weighs two levels .* have 1 level\. .*pcgrad/);
  expect(() => combine([0, 1, 2], [[1], [1], [1]])).toThrow(/have 3 levels/);
});
