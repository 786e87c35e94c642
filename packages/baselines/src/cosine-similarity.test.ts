import { combineVectors, dot, gradients, matrixBank, relativeError, sum } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { cosineSimilarity } from './cosine-similarity.ts';

const combine = (priorities: readonly number[], rows: readonly (readonly number[] | null)[]) =>
  combineVectors(cosineSimilarity(), priorities, rows);

test('two rows, on every matrix of the bank: α = (1, max(cos, 0))', () => {
  for (const { name, rows } of matrixBank()) {
    if (rows.length !== 2) continue;
    const [main, auxiliary] = rows as [number[], number[]];
    const { coefficients } = combine([0, 1], rows);
    const lengths = Math.hypot(...main) * Math.hypot(...auxiliary);
    expect(coefficients[0], name).toBe(1);
    if (lengths === 0) continue;
    expect(coefficients[1]!, name).toBeCloseTo(Math.max(0, dot(main, auxiliary) / lengths), 13);
    expect(coefficients[1]!, name).toBeLessThanOrEqual(1);
  }
});

test('parallel gradients are added up, opposed and orthogonal ones left out', () => {
  expect(
    combine(
      [0, 1],
      [
        [3, 4],
        [6, 8],
      ],
    ).direction,
  ).toEqual([9, 12]);
  expect(
    combine(
      [0, 1],
      [
        [3, 4],
        [-6, -8],
      ],
    ).direction,
  ).toEqual([3, 4]);
  expect(
    combine(
      [0, 1],
      [
        [3, 4],
        [4, -3],
      ],
    ).direction,
  ).toEqual([3, 4]);
});

test('several levels: each is weighed against the first alone; the rows of a level are added up', () => {
  const [a, b, c, d] = gradients(6, 4, 5)() as [number[], number[], number[], number[]];
  const main = sum([1, a], [1, b]);
  const others = [sum([1, c], [2, a]), sum([-3, a], [1, d])];
  const { direction } = combine([0, 0, 1, 2], [a, b, ...others]);
  const weights = others.map((row) => Math.max(0, dot(main, row) / Math.hypot(...main) / Math.hypot(...row)));
  expect(weights[0]).toBeGreaterThan(0);
  const expected = sum([1, main], [weights[0]!, others[0]!], [weights[1]!, others[1]!]);
  expect(relativeError(direction, expected)).toBeLessThan(1e-13);
});

test('the conventions: zero and absent levels', () => {
  expect(
    combine(
      [0, 1],
      [
        [1, 2],
        [0, 0],
      ],
    ).coefficients,
  ).toEqual([1, 0]);
  expect(
    combine(
      [0, 1],
      [
        [0, 0],
        [1, 2],
      ],
    ).direction,
  ).toEqual([1, 2]);
  expect(combine([0, 1], [[1, 2], null]).direction).toEqual([1, 2]);
  expect(combine([0, 1, 2], [null, [1, 2], [-3, 1]]).direction).toEqual([-2, 3]);
});
