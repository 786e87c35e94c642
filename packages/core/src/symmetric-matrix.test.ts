import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unit } from './coefficients.ts';
import { SymmetricMatrix } from './symmetric-matrix.ts';

const rows = [
  [-4, 1, 1],
  [6, 1, 1],
];

test('the Gramian of rows holds their inner products', () => {
  const gramian = SymmetricMatrix.gramian(rows);
  expect([gramian.at(0, 0), gramian.at(0, 1), gramian.at(1, 0), gramian.at(1, 1)]).toEqual([
    18, -22, -22, 38,
  ]);
});

test('inner products of combinations are those of the combined vectors', () => {
  const gramian = SymmetricMatrix.gramian(rows);
  // [1, 2] combines to (8, 3, 3), [1, -1] to (-10, 0, 0).
  expect(gramian.inner([1, 2], [1, -1])).toBe(-80);
  expect(
    gramian
      .lift([
        [1, 2],
        [1, -1],
      ])
      .at(0, 0),
  ).toBe(82);
  expect(gramian.lift([unit(2, 1)]).at(0, 0)).toBe(38);
});

test('a row that is not used may hold anything', () => {
  const gramian = SymmetricMatrix.from(2, (i, j) => (i === 0 && j === 0 ? 4 : Number.NaN));
  expect(gramian.lift([[2, 0]]).at(0, 0)).toBe(16);
  expect(gramian.inner([1, 0], [3, 0])).toBe(12);
});

const entry = fc.integer({ min: -9, max: 9 });
/** Rows of one width, and combinations of them: whole numbers, so that every product is exact. */
const rowsAndCombinations = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, width, combinations]) => fc.tuple(matrixOf(rows, width), matrixOf(combinations, rows)));

function matrixOf(rows: number, columns: number): fc.Arbitrary<number[][]> {
  return fc.array(fc.array(entry, { minLength: columns, maxLength: columns }), {
    minLength: rows,
    maxLength: rows,
  });
}

test('lifting a Gramian is combining the rows first', () => {
  fc.assert(
    fc.property(rowsAndCombinations, ([vectors, combinations]) => {
      const combined = combinations.map((c) =>
        vectors[0]!.map((_, column) => c.reduce((sum, x, row) => sum + x * vectors[row]![column]!, 0)),
      );
      const lifted = SymmetricMatrix.gramian(vectors).lift(combinations);
      const expected = SymmetricMatrix.gramian(combined);
      for (let i = 0; i < combinations.length; i++) {
        for (let j = 0; j < combinations.length; j++) expect(lifted.at(i, j)).toBe(expected.at(i, j));
      }
    }),
  );
});
