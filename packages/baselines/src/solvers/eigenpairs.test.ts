import { normal, randomFrom, SymmetricMatrix } from '@scalpel/core';
import { unitRows } from '@scalpel/core/solvers';
import { dot, matrixBank, relativeError, sum, type Vector } from '@scalpel/core/testing';
import { LuDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { type Eigenpairs, eigenpairs, significantSum, timesFunction } from './eigenpairs.ts';

/** Of rows that are not zero, in the order given. */
function pairsOf(rows: readonly Vector[], precision = 1e-16): Eigenpairs {
  const units = unitRows(SymmetricMatrix.gramian(rows), rows.length);
  const pairs = eigenpairs(units, precision);
  const vectors = pairs.vectors.map((vector) => rows.map((_, row) => vector[units.indices.indexOf(row)]!));
  return { ...pairs, vectors };
}

/** The right singular vectors, on explicit rows: Σ uᵢ gᵢ / σ for each pair. */
const rightVectors = ({ singularValues, vectors }: Eigenpairs, rows: readonly Vector[]) =>
  vectors.map((vector, pair) =>
    sum(...rows.map((row, i) => [vector[i]! / singularValues[pair]!, row] as const)),
  );

const delta = (i: number, j: number) => (i === j ? 1 : 0);

const normals = (random: () => number, rows: number, width: number) =>
  Array.from({ length: rows }, () => Array.from({ length: width }, () => normal(random)));

const scales = (random: () => number, rows: readonly Vector[]) =>
  rows.map((row) => {
    const scale = 10 ** (7 * random() - 3);
    return row.map((x) => x * scale);
  });

/** Orthonormal rows: a reflection of the unit vectors. */
function orthonormal(random: () => number, size: number): Vector[] {
  const mirror = Array.from({ length: size }, () => normal(random));
  const square = dot(mirror, mirror);
  return mirror.map((x, i) => mirror.map((y, j) => delta(i, j) - (2 * x * y) / square));
}

describe('on every matrix of the bank', () => {
  const bank = matrixBank().flatMap((matrix) => {
    const rows = matrix.rows.filter((row) => row.some((x) => x !== 0));
    return rows.length === 0 ? [] : [{ ...matrix, rows }];
  });

  test('both sides are orthonormal, and the values fall', () => {
    for (const { name, rows } of bank) {
      const pairs = pairsOf(rows);
      const right = rightVectors(pairs, rows);
      for (const [i, u] of pairs.vectors.entries()) {
        if (i > 0) expect(pairs.singularValues[i]!, name).toBeLessThanOrEqual(pairs.singularValues[i - 1]!);
        for (const [j, v] of pairs.vectors.entries()) {
          expect(Math.abs(dot(u, v) - delta(i, j)), name).toBeLessThan(1e-13);
          expect(Math.abs(dot(right[i]!, right[j]!) - delta(i, j)), name).toBeLessThan(1e-11);
        }
      }
    }
  });

  test('there are as many as the rank: no row is left outside', () => {
    for (const { name, rows } of bank) {
      const pairs = pairsOf(rows);
      const right = rightVectors(pairs, rows);
      for (const row of rows) {
        const inside = sum([0, row], ...right.map((v) => [dot(row, v), v] as const));
        expect(Math.hypot(...sum([1, row], [-1, inside])), name).toBeLessThan(1e-11 * Math.hypot(...row));
      }
    }
  });

  test('the certificate says so', () => {
    for (const { name, rows } of bank) {
      const { solved, residual } = pairsOf(rows).certificate;
      expect(solved, name).toBe(true);
      expect(residual, name).toBeLessThan(1e-11);
    }
  });
});

describe('rows of very different lengths', () => {
  test('multiples of orthonormal rows: the eigenpairs are known, in all digits', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed);
      const rank = 1 + (seed % 6);
      const axes = orthonormal(random, rank);
      const factors = axes.map(() =>
        Array.from({ length: 1 + Math.floor(3 * random()) }, () => 10 ** (7 * random() - 3)),
      );
      const rows = axes.flatMap((axis, k) => factors[k]!.map((factor) => axis.map((x) => factor * x)));
      const { singularValues, vectors } = pairsOf(rows);
      const order = [...axes.keys()].sort((a, b) => Math.hypot(...factors[b]!) - Math.hypot(...factors[a]!));
      expect(singularValues.length).toBe(rank);
      for (const [pair, k] of order.entries()) {
        const length = Math.hypot(...factors[k]!);
        expect(Math.abs(singularValues[pair]! / length - 1)).toBeLessThan(1e-13);
        const expected = factors.flatMap((list, other) => list.map((x) => (other === k ? x / length : 0)));
        const sign = Math.sign(dot(vectors[pair]!, expected));
        expect(Math.hypot(...sum([sign, vectors[pair]!], [-1, expected]))).toBeLessThan(1e-13);
      }
    }
  });

  test('the product of the singular values is the determinant, to the smallest of them', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed);
      const rows = scales(random, normals(random, 8, 8));
      const lengths = rows.map((row) => Math.hypot(...row));
      const unit = new Matrix(rows.map((row, i) => row.map((x) => x / lengths[i]!)));
      const determinant = Math.abs(new LuDecomposition(unit).determinant);
      const product = pairsOf(rows).singularValues.reduce((total, value) => total * value, 1);
      const expected = lengths.reduce((total, length) => total * length, determinant);
      expect(Math.abs(product / expected - 1)).toBeLessThan(1e-10);
    }
  });

  test('both sides stay orthonormal, with dependent rows too', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomFrom(seed);
      const count = 2 + (seed % 15);
      const rank = 1 + Math.floor((count - 1) * random());
      const axes = normals(random, rank, rank + 3);
      const low = normals(random, count, rank).map((row) =>
        sum(...axes.map((axis, k) => [row[k]!, axis] as const)),
      );
      for (const rows of [scales(random, low), scales(random, normals(random, count, count + 1))]) {
        const pairs = pairsOf(rows);
        const right = rightVectors(pairs, rows);
        for (const [i, u] of right.entries()) {
          for (const [j, v] of right.entries()) {
            expect(Math.abs(dot(u, v) - delta(i, j))).toBeLessThan(1e-9);
          }
        }
        expect(pairs.certificate.residual).toBeLessThan(1e-9);
      }
    }
  });
});

test('a short row that is a multiple of a long one folds into it, and spoils nothing', () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = randomFrom(seed);
    const count = 2 + (seed % 13);
    const rows = scales(random, normals(random, count, count + 3));
    const factor = (seed % 2 === 0 ? 1 : -1) * 2 ** -Math.round(1 + 24 * random());
    const both = [...rows.slice(1), rows[0]!.map((x) => factor * x), rows[0]!];
    // (1, factor) / √(1 + factor²) along the pair, and nothing across it.
    const whole = Math.hypot(1, factor);
    const folded = [...rows.slice(1), rows[0]!.map((x) => whole * x)];
    const v = both.map((row) => Math.hypot(...row));
    const along = (factor * v[count - 1]! + v[count]!) / whole;
    const solve = (of: readonly Vector[], right: Vector) =>
      timesFunction(pairsOf(of), (sigma) => sigma ** -2, right, 1e-16);
    const expected = solve(folded, [...v.slice(0, count - 1), along]);
    const last = expected[count - 1]! / whole;
    const unfolded = [...expected.slice(0, -1), factor * last, last];
    const direction = (coefficients: Vector) =>
      sum(...both.map((row, i) => [coefficients[i]!, row] as const));
    expect(relativeError(direction(solve(both, v)), direction(unfolded))).toBeLessThan(1e-12);
  }
});

test('it agrees with a singular value decomposition of ordinary rows', () => {
  for (let seed = 0; seed < 20; seed++) {
    const rows = normals(randomFrom(seed), 7, 5);
    const expected = new SingularValueDecomposition(new Matrix(rows)).diagonal;
    for (const [pair, value] of pairsOf(rows).singularValues.entries()) {
      expect(value).toBeCloseTo(expected[pair]!, 12);
    }
  }
});

test('a part of a row below the precision of the inner products is none', () => {
  const nearly = (part: number) =>
    pairsOf(
      [
        [1, 0],
        [Math.sqrt(1 - part ** 2), part],
      ],
      1e-7,
    );
  // The limit is 100 · 1e-7 · 2, of the squared length.
  expect(nearly(0.0044).singularValues.length).toBe(1);
  expect(nearly(0.0046).singularValues.length).toBe(2);
});

test('errors of inner products neither raise the rank nor decide a direction', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = randomFrom(seed);
    const axes = normals(random, 3, 5);
    const low = normals(random, 6, 3).map((row) => sum(...axes.map((axis, k) => [row[k]!, axis] as const)));
    const rows = scales(random, low);
    const exact = SymmetricMatrix.gramian(rows);
    const noisy = SymmetricMatrix.from(
      6,
      (i, j) => exact.at(i, j) + 1e-7 * normal(random) * Math.sqrt(exact.at(i, i) * exact.at(j, j)),
    );
    const units = unitRows(noisy, 6);
    const ones = units.lengths.map(() => 1);
    const pairs = eigenpairs({ ...units, lengths: ones }, 1e-7);
    expect(pairs.singularValues.length).toBe(3);
    const combined = timesFunction(pairs, (sigma) => sigma ** -2, ones, 1e-7);
    const expected = timesFunction(
      eigenpairs({ ...unitRows(exact, 6), lengths: ones }, 1e-16),
      (sigma) => sigma ** -2,
      ones,
      1e-16,
    );
    // Relative to the condition of the cosines, which is the square of that of the singular values.
    const condition = (pairs.singularValues[0]! / pairs.singularValues[2]!) ** 2;
    const error = Math.hypot(...sum([1, combined], [-1, expected])) / Math.hypot(...expected);
    expect(error).toBeLessThan(1e-5 * condition);
  }
});

test('the certificate sees what was left out', () => {
  const cosine = 1 - 1e-6;
  const units = {
    indices: [0, 1],
    lengths: [1, 1],
    cosines: SymmetricMatrix.from(2, (i, j) => (i === j ? 1 : cosine)),
  };
  // One pair, u = (1, c) / √(1 + c²) with σ² = 1 + c²: uᵀG u / σ² − 1 = c² (1 − c²) / (1 + c²)².
  const { residual, solved } = eigenpairs(units, 1e-7).certificate;
  expect(residual).toBeCloseTo((cosine ** 2 * (1 - cosine ** 2)) / (1 + cosine ** 2) ** 2, 14);
  expect(solved).toBe(true);
  const worse = SymmetricMatrix.from(2, (i, j) => (i === j ? 1 : 1.01));
  expect(eigenpairs({ ...units, cosines: worse }, 1e-7).certificate.solved).toBe(false);
});

test('nothing has no eigenpairs', () => {
  const { singularValues, vectors, certificate } = pairsOf([]);
  expect([singularValues, vectors]).toEqual([[], []]);
  expect(certificate).toEqual({ solved: true, residual: 0 });
});

describe('functions of the Gramian', () => {
  test("σ⁻² is the pseudo-inverse: Penrose's conditions", () => {
    const random = randomFrom(5);
    const axes = normals(random, 3, 4);
    const rows = normals(random, 5, 3).map((row) => sum(...axes.map((axis, k) => [row[k]!, axis] as const)));
    const gramian = SymmetricMatrix.gramian(rows);
    const pairs = pairsOf(rows);
    const inverse = (v: readonly number[]) => timesFunction(pairs, (sigma) => sigma ** -2, v, 1e-16);
    for (const v of normals(random, 5, 5)) {
      const image = gramian.times(v);
      const back = inverse(image);
      const solution = inverse(v);
      for (const [i, x] of gramian.times(back).entries()) expect(x).toBeCloseTo(image[i]!, 11);
      for (const [i, x] of inverse(gramian.times(solution)).entries())
        expect(x).toBeCloseTo(solution[i]!, 11);
      for (const w of normals(random, 2, 5)) {
        expect(dot(w, back)).toBeCloseTo(dot(inverse(gramian.times(w)), v), 11);
        expect(dot(w, gramian.times(solution))).toBeCloseTo(dot(gramian.times(inverse(w)), v), 11);
      }
    }
  });

  test('1 is the projection on the range, and what is zero to rounding is zero', () => {
    const pairs = pairsOf([
      [1, 2],
      [-1, -2],
    ]);
    expect(timesFunction(pairs, () => 1, [3, 3], 1e-16)).toEqual([0, 0]);
    const [a, b] = timesFunction(pairs, () => 1, [3, 1], 1e-16);
    expect(a).toBeCloseTo(1, 14);
    expect(b).toBeCloseTo(-1, 14);
  });

  test('a sum is significant above 100 times the precision of its terms', () => {
    expect(significantSum([1, -1 + 1e-13], 1e-16)).toBeCloseTo(1e-13, 16);
    expect(significantSum([1, -1 + 1e-14], 1e-16)).toBe(0);
    expect(significantSum([], 1e-16)).toBe(0);
  });
});
