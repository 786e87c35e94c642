import { expect, test } from 'vitest';
import { normals } from './random.ts';

test('normal numbers have the moments of the normal distribution, and are determined by all their seeds', () => {
  const count = 40_000;
  const sample = normals(count, 2, 7, 1);
  const moment = (power: number) => sample.reduce((sum, x) => sum + (x / 2) ** power, 0) / count;
  // Four standard errors of each: the variances of x, x², x³ and x⁴ are 1, 2, 15 and 96.
  expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / count));
  expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / count));
  expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
  expect(normals(5, 2, 7, 1)).toEqual(sample.slice(0, 5));
  expect(normals(5, 2, 7, 2)).not.toEqual(sample.slice(0, 5));
  expect(normals(5, 2, 8, 1)).not.toEqual(sample.slice(0, 5));
});
