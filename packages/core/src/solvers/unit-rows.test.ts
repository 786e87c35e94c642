import { expect, test } from 'vitest';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { unitRows } from './unit-rows.ts';

test('cosines do not depend on the lengths, zero rows are left out, later rows are not looked at', () => {
  const { indices, lengths, cosines } = unitRows(
    SymmetricMatrix.gramian([
      [3e-10, 4e-10],
      [0, 0],
      [0, 2e10],
      [1, 1],
    ]),
    3,
  );
  expect(indices).toEqual([0, 2]);
  expect(lengths[0]).toBeCloseTo(5e-10, 20);
  expect(lengths[1]).toBe(2e10);
  expect([cosines.at(0, 0), cosines.at(1, 1)]).toEqual([1, 1]);
  expect(cosines.at(0, 1)).toBeCloseTo(0.8, 14);
});
