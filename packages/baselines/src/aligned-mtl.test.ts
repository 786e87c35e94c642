import { normal, randomFrom } from '@scalpel/core';
import { combineVectors, dot, matrixBank, relativeError, sum, type Vector } from '@scalpel/core/testing';
import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { type AlignedMtlOptions, alignedMtl } from './aligned-mtl.ts';
import { scaleError } from './testing/scales.ts';

const combine = (rows: readonly (Vector | null)[], options: AlignedMtlOptions = {}) =>
  combineVectors(
    alignedMtl(options),
    rows.map(() => 0),
    rows,
  );

const delta = (i: number, j: number) => (i === j ? 1 : 0);

/** The gradients that replace the given ones, and the matrix B that makes them. */
function transformed(rows: readonly Vector[], scale: 'min' | 'median' | 'rmse' = 'min') {
  const answers = rows.map((_, i) => combine(rows, { scale, preference: rows.map((_, j) => delta(i, j)) }));
  return {
    aligned: answers.map(({ direction }) => direction),
    matrix: answers.map(({ coefficients }) => coefficients),
  };
}

function expectAligned(name: string, rows: readonly Vector[]) {
  const { aligned, matrix } = transformed(rows);
  const square = dot(aligned[0]!, aligned[0]!);
  for (const [i, first] of aligned.entries()) {
    for (const [j, second] of aligned.entries()) {
      expect(Math.abs(dot(first, second) / square - delta(i, j)), name).toBeLessThan(1e-9);
      // Entries of B grow with the inverse lengths of the gradients.
      const size = Math.sqrt(matrix[i]![i]! * matrix[j]![j]!);
      expect(Math.abs(matrix[i]![j]! - matrix[j]![i]!), name).toBeLessThan(1e-9 * size);
    }
  }
  for (const row of rows) {
    // ⟨v, B v⟩ > 0.
    const v = rows.map((other) => dot(row, other) / Math.hypot(...row) / Math.hypot(...other));
    const image = matrix.map((line) => dot(line, v));
    expect(dot(v, image), name).toBeGreaterThan(0);
  }
}

describe('independent gradients: they become orthogonal and of one length, by a symmetric positive matrix', () => {
  test('on the bank', () => {
    for (const { name, rows } of matrixBank().filter(({ name }) => name.includes('normal'))) {
      expectAligned(name, rows);
    }
  });

  test('of very different lengths, and many', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = randomFrom(seed);
      const count = 1 + (seed % 16);
      const rows = Array.from({ length: count }, () => {
        const scale = 10 ** (7 * random() - 3);
        return Array.from({ length: count + 2 }, () => scale * normal(random));
      });
      expectAligned(`seed ${seed}`, rows);
    }
  });
});

test('that length is the smallest singular value, the median or the root mean square', () => {
  const length = (rows: readonly Vector[], scale: 'min' | 'median' | 'rmse') =>
    Math.hypot(...transformed(rows, scale).aligned[0]!);
  for (const count of [1, 2, 3, 4, 5]) {
    const random = randomFrom(count);
    const rows = Array.from({ length: count }, () => Array.from({ length: 6 }, () => normal(random)));
    const values = new SingularValueDecomposition(new Matrix(rows).transpose()).diagonal.sort(
      (a, b) => a - b,
    );
    expect(length(rows, 'min')).toBeCloseTo(values[0]!, 12);
    expect(length(rows, 'median')).toBeCloseTo(values[Math.ceil(count / 2) - 1]!, 12);
    expect(length(rows, 'rmse')).toBeCloseTo(Math.hypot(...values) / Math.sqrt(count), 12);
  }
});

test('the mean of them, or their sum with the preference as weights', () => {
  const rows = [
    [3, 1, 0],
    [-1, 2, 1],
    [0, -1, 2],
  ];
  const { aligned } = transformed(rows);
  const mean = sum(...aligned.map((row) => [1 / 3, row] as const));
  expect(relativeError(combine(rows).direction, mean)).toBeLessThan(1e-14);
  const weighted = sum([2, aligned[0]!], [0.5, aligned[2]!]);
  expect(relativeError(combine(rows, { preference: [2, 0, 0.5] }).direction, weighted)).toBeLessThan(1e-14);
});

test('orthogonal gradients of one length are left alone', () => {
  expect(
    combine([
      [0, 2],
      [2, 0],
    ]).direction,
  ).toEqual([1, 1]);
});

describe('dependent gradients', () => {
  test('multiples of orthogonal directions, of very different lengths: the closed form', () => {
    // Along each axis J has the one singular vector uₖ, the lengths over σₖ = ‖lengths‖.
    const lengths = [[1e4, -3e3], [5], [1e-3, 2e-3, 3e-3]];
    const rows = lengths.flatMap((list, axis) => list.map((x) => [0, 1, 2].map((j) => (j === axis ? x : 0))));
    const norms = lengths.map((list) => Math.hypot(...list));
    const smallest = Math.min(...norms);
    const expected = lengths.map(
      (list, axis) => (smallest * list.reduce((a, b) => a + b)) / norms[axis]! / 6,
    );
    expect(relativeError(combine(rows).direction, expected)).toBeLessThan(1e-14);
  });

  test('the smallest singular value that is not zero counts, and zero gradients only in the number of them', () => {
    const { direction, certificate } = combine([
      [3, 0],
      [0, 0],
      [0, 4],
      [0, 3],
    ]);
    // σ = 3, 5; u₂ = (0.8, 0.6) over the last two.
    expect(relativeError(direction, [3 / 4, (3 * 1.4) / 4])).toBeLessThan(1e-14);
    expect(certificate!.solved).toBe(true);
  });

  test('nothing but zero gradients: no direction', () => {
    for (const scale of ['min', 'median', 'rmse'] as const) {
      expect(
        combine(
          [
            [0, 0],
            [0, 0],
          ],
          { scale },
        ).coefficients,
      ).toEqual([0, 0]);
    }
  });
});

test('scaling all gradients scales the direction', () => {
  for (const scale of ['min', 'median', 'rmse'] as const) {
    expect(scaleError(alignedMtl({ scale }), [0, 0, 0, 0])).toBeLessThan(1e-12);
  }
});

test('golden values', () => {
  const rows = [
    [-4, 1, 1],
    [6, 1, 1],
  ];
  const { coefficients, direction } = combine(rows);
  for (const [i, x] of [0.5590719157, 0.4082610681].entries()) expect(coefficients[i]).toBeCloseTo(x, 10);
  for (const [i, x] of [0.213278746, 0.9673329838, 0.9673329838].entries()) {
    expect(direction[i]).toBeCloseTo(x, 9);
  }
  const rmse = combine(rows, { scale: 'rmse' });
  for (const [i, x] of [1.5108656435, 1.1033063978].entries()) expect(rmse.coefficients[i]).toBeCloseTo(x, 9);
});

test('a preference that does not fit is refused', () => {
  expect(() => combine([[1], [2]], { preference: [1] })).toThrow('aligned-mtl: preference has 1 numbers');
});

test('an absent objective is left out, and its preference with it', () => {
  expect(combine([[2, 0], null, [0, 2]]).direction).toEqual([1, 1]);
  const { direction } = combine([[2, 0], null, [0, 2]], { preference: [1, 5, 3] });
  expect(relativeError(direction, [2, 6])).toBeLessThan(1e-14);
});
