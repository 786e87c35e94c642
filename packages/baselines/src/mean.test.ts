import { combineVectors } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { mean } from './mean.ts';

test('the mean of the rows present', () => {
  const rows = [
    [-4, 1, 1],
    [6, 1, 1],
  ];
  expect(combineVectors(mean(), [0, 1], rows).direction).toEqual([1, 1, 1]);
  expect(combineVectors(mean(), [0, 1, 1], [...rows, null]).direction).toEqual([1, 1, 1]);
});
