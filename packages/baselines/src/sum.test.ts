import { combineVectors } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { sum } from './sum.ts';

test('the sum of the rows present, whatever their priorities', () => {
  const rows = [
    [-4, 1, 1],
    [6, 1, 1],
  ];
  expect(combineVectors(sum(), [0, 7], rows).direction).toEqual([2, 2, 2]);
  expect(combineVectors(sum(), [0, 7, 7], [...rows, null]).direction).toEqual([2, 2, 2]);
});
