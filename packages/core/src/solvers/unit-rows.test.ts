import { expect, test } from 'vitest';
import { randomFrom } from '../random.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { type UnitRows, unitRows } from './unit-rows.ts';

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
  expect(indices).toEqual([2, 0]);
  expect(lengths[0]).toBe(2e10);
  expect(lengths[1]).toBeCloseTo(5e-10, 20);
  expect([cosines.at(0, 0), cosines.at(1, 1)]).toEqual([1, 1]);
  expect(cosines.at(0, 1)).toBeCloseTo(0.8, 14);
});

test('the order of the rows given does not matter, to the last bit', () => {
  const random = randomFrom(1);
  for (let draw = 0; draw < 50; draw++) {
    // Rows of whole numbers: rows with the same numbers in another order have exactly the same length. Then
    // the other products decide.
    const row = Array.from({ length: 5 }, () => Math.round(200 * random() - 100));
    const turnedRow = (by: number) => row.map((_, entry) => row[(entry + by) % row.length]!);
    const rows = [row, turnedRow(1), turnedRow(3), row.map((x, i) => x + i), [1, 2, 3, 4, draw]];
    const turned = rows.map((_, index) => (index + 1 + draw) % rows.length);
    const plain = unitRows(SymmetricMatrix.gramian(rows), rows.length);
    const other = unitRows(SymmetricMatrix.gramian(turned.map((index) => rows[index]!)), rows.length);
    expect(other.indices.map((index) => turned[index])).toEqual(plain.indices);
    expect(other.lengths).toEqual(plain.lengths);
    expect(entriesOf(other)).toEqual(entriesOf(plain));
  }
});

function entriesOf({ cosines }: UnitRows): number[] {
  return Array.from({ length: cosines.size ** 2 }, (_, at) =>
    cosines.at(Math.floor(at / cosines.size), at % cosines.size),
  );
}
