import { expect, test } from 'vitest';
import { checkNumbers } from './numbers.ts';
import { minimizeNonnegative } from './solvers/nonnegative.ts';
import { unitRows } from './solvers/unit-rows.ts';
import { SymmetricMatrix } from './symmetric-matrix.ts';

test('finite numbers pass, in lists of any depth, and so does nothing', () => {
  expect(() => checkNumbers('f', { a: 0, b: [], c: [[1, -2], [], [[3]]] })).not.toThrow();
});

test.each([
  [{ a: 1, t: Number.NaN }, 't is NaN'],
  [{ rows: [[1], [2, Number.NEGATIVE_INFINITY]] }, 'rows[1][1] is -Infinity'],
  [{ rows: [1, undefined] as never }, 'rows[1] is undefined'],
  [{ rows: ['1'] as never }, 'rows[0] is 1'],
  [{ rows: null as never }, 'rows is null'],
])('%j: the first other one is named', (given, message) => {
  expect(() => checkNumbers('f', given)).toThrow(`f: ${message}, but must be a finite number.`);
});

test('the solvers take no matrix or vector that is not finite', () => {
  const broken = SymmetricMatrix.from(2, (i, j) => (i + j === 1 ? Number.NaN : 1));
  const whole = SymmetricMatrix.from(2, (i, j) => (i === j ? 1 : 0));
  expect(() => unitRows(broken, 2)).toThrow('unitRows: gramian[1][0] is NaN');
  expect(unitRows(broken, 1).lengths).toEqual([1]);
  expect(() => minimizeNonnegative(broken, [0, 0], 1e-16)).toThrow(
    'minimizeNonnegative: matrix[1][0] is NaN',
  );
  expect(() => minimizeNonnegative(whole, [0, Number.NaN], 1e-16)).toThrow('linear[1] is NaN');
  expect(() => minimizeNonnegative(whole, [0, 0], 1e-16, [Number.POSITIVE_INFINITY, 0])).toThrow(
    'base[0] is Infinity',
  );
});
