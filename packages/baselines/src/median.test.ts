import { combineVectors, matrixBank } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { median } from './median.ts';
import { trimmedMean } from './trimmed-mean.ts';

const combine = (rows: readonly (readonly number[] | null)[], combiner = median()) =>
  combineVectors(combiner, new Array<number>(rows.length).fill(0), rows).direction;

test('at least half of the gradients lie on either side of it', () => {
  for (const { name, rows } of matrixBank()) {
    for (const [entry, x] of combine(rows).entries()) {
      const column = rows.map((row) => row[entry]!);
      expect(2 * column.filter((y) => y <= x).length, name).toBeGreaterThanOrEqual(rows.length);
      expect(2 * column.filter((y) => y >= x).length, name).toBeGreaterThanOrEqual(rows.length);
    }
  }
});

test.each([
  [[[5]], 5],
  [[[5], [1]], 3],
  [[[5], [1], [100]], 5],
  [[[4], [1], [1e30], [2]], 3],
  [[[4], null, [1e30], [2]], 4],
])('of %j it is %d', (rows, expected) => {
  expect(combine(rows)).toEqual([expected]);
});

test('the mean that is trimmed as much as can be', () => {
  for (const { rows } of matrixBank()) {
    expect(combine(rows)).toEqual(combine(rows, trimmedMean({ trim: Math.floor((rows.length - 1) / 2) })));
  }
});
