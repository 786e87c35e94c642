import { SymmetricMatrix } from '@scalpel/core';
import { expect, test } from 'vitest';
import { regularized } from './regularized.ts';

test('a share of the trace is added to the diagonal', () => {
  const gramian = SymmetricMatrix.from(3, (i, j) => 10 * i + j);
  const result = regularized(gramian, 0.5);
  for (const i of [0, 1, 2]) {
    for (const j of [0, 1, 2]) expect(result.at(i, j)).toBe(gramian.at(i, j) + (i === j ? 16.5 : 0));
  }
});
