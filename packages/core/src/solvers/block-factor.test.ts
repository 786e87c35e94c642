import { expect, test } from 'vitest';
import { normal, randomFrom } from '../random.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { BlockFactor } from './block-factor.ts';
import { unitRows } from './unit-rows.ts';

function cosines(seed: number, count: number, width: number): SymmetricMatrix {
  const random = randomFrom(seed);
  const rows = Array.from({ length: count }, () => Array.from({ length: width }, () => normal(random)));
  return unitRows(SymmetricMatrix.gramian(rows), count).cosines;
}

/** The largest error of C_FF x = right, for a random right side. */
function errorOf(matrix: SymmetricMatrix, factor: BlockFactor): number {
  const { indices } = factor;
  const random = randomFrom(indices.length);
  const right = indices.map(() => normal(random));
  const x = factor.solve(right);
  const errors = indices.map((row, i) =>
    Math.abs(indices.reduce((sum, column, j) => sum + matrix.at(row, column) * x[j]!, -right[i]!)),
  );
  return Math.max(0, ...errors);
}

test('it follows every change of the block, one index or many at a time', () => {
  const matrix = cosines(1, 40, 60);
  const factor = new BlockFactor(matrix);
  const random = randomFrom(2);
  const expected = new Set<number>();
  for (let change = 0; change < 400; change++) {
    const index = Math.floor(40 * random());
    if (!expected.has(index)) {
      factor.append(index);
      expected.add(index);
    } else if (random() < 0.8) {
      factor.remove(factor.indices.indexOf(index));
      expected.delete(index);
    } else {
      const leaves = (other: number) => other % 5 === index % 5;
      factor.removeAll(leaves);
      for (const other of expected) if (leaves(other)) expected.delete(other);
    }
    expect(new Set(factor.indices)).toEqual(expected);
    expect(errorOf(matrix, factor)).toBeLessThan(1e-12);
  }
});

test('what is left of a row is its squared distance from the span of the others', () => {
  const rows = [
    [1, 0, 0],
    [0.6, 0.8, 0],
    [0, 0.6, 0.8],
    [0, 0, 1],
  ];
  const factor = new BlockFactor(SymmetricMatrix.gramian(rows));
  expect(factor.append(0)).toBe(1);
  expect(factor.append(1)).toBeCloseTo(0.64, 14);
  expect(factor.append(2)).toBeCloseTo(0.64, 14);
  expect(factor.append(3)).toBeCloseTo(0, 14);
  factor.pop();
  expect(factor.indices).toEqual([0, 1, 2]);
});
