import { expect, test } from 'vitest';
import { normal, randomFrom } from '../random.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { minimizeByEnumeration } from '../testing/enumerate.ts';
import { matrixBank } from '../testing/matrices.ts';
import { dot, relativeError } from '../testing/vectors.ts';
import { minimizeNonnegative, nonnegativeSolver } from './nonnegative.ts';
import { unitRows } from './unit-rows.ts';

/**
 * Cosines of random rows, and a linear term that keeps the program bounded. Every second time there are more
 * rows than entries.
 */
function randomProgram(seed: number): { matrix: SymmetricMatrix; linear: number[] } {
  const random = randomFrom(seed);
  const count = 1 + Math.floor(6 * random());
  const width = 1 + Math.floor(8 * random());
  const rows = Array.from({ length: count }, () => Array.from({ length: width }, () => random() - 0.5));
  const matrix = unitRows(SymmetricMatrix.gramian(rows), count).cosines;
  return { matrix, linear: matrix.times(rows.map(() => 4 * random() - 2)) };
}

test('agrees with trying every set of positive entries, on singular matrices too', () => {
  for (let seed = 0; seed < 500; seed++) {
    const { matrix, linear } = randomProgram(seed);
    const { point, ray, residual } = minimizeNonnegative(matrix, linear, 1e-16);
    expect(ray).toBeNull();
    expect(residual).toBeLessThan(1e-13);
    expect(point.every((x) => x >= 0)).toBe(true);
    // Several points may be minimal, but they have the same image.
    const expected = matrix.times(minimizeByEnumeration(matrix, linear));
    if (expected.every((x) => x === 0)) expect(point.every((x) => x === 0)).toBe(true);
    else expect(relativeError(matrix.times(point), expected)).toBeLessThan(1e-9);
  }
});

test('the optimality conditions hold, stated directly', () => {
  for (let seed = 0; seed < 200; seed++) {
    const { matrix, linear } = randomProgram(seed);
    const { point } = minimizeNonnegative(matrix, linear, 1e-16);
    const gradient = matrix.times(point).map((x, i) => x + linear[i]!);
    const size = Math.hypot(...linear);
    expect(Math.min(...gradient)).toBeGreaterThan(-1e-12 * size);
    expect(Math.abs(dot(gradient, point))).toBeLessThan(1e-12 * size * (1 + Math.hypot(...point)));
  }
});

test('a ray is shown exactly where 0 is in the convex hull of the rows', () => {
  for (const { name, rows, stationary } of matrixBank()) {
    const { cosines } = unitRows(SymmetricMatrix.gramian(rows), rows.length);
    if (stationary === null || cosines.size < rows.length) continue;
    const { ray, residual } = minimizeNonnegative(
      cosines,
      rows.map(() => -1),
      1e-16,
    );
    expect(ray !== null, name).toBe(stationary !== 'none');
    if (ray === null) {
      expect(residual, name).toBeLessThan(1e-13);
      continue;
    }
    expect(Math.min(...ray), name).toBeGreaterThanOrEqual(0);
    expect(Math.hypot(...cosines.times(ray)), name).toBeLessThan(1e-12 * Math.hypot(...ray));
  }
});

test('parallel rows with different demands: only the more demanding one is used', () => {
  const ones = SymmetricMatrix.from(3, () => 1);
  const { point, ray } = minimizeNonnegative(ones, [-1, -3, -2], 1e-16);
  expect(point).toEqual([0, 3, 0]);
  expect(ray).toBeNull();
});

test('a combination of the same rows is told as the base, which is the linear term of its inner products', () => {
  for (let seed = 0; seed < 200; seed++) {
    const { matrix, linear } = randomProgram(seed);
    const random = randomFrom(1000 + seed);
    const base = linear.map(() => 2 * random());
    const { point } = minimizeNonnegative(matrix, linear, 1e-16, base);
    const expected = minimizeByEnumeration(
      matrix,
      matrix.times(base).map((x, i) => x + linear[i]!),
    );
    const [own, other] = [point, expected].map((z) => matrix.times(z.map((x, i) => x + base[i]!)));
    expect(Math.hypot(...own!.map((x, i) => x - other![i]!))).toBeLessThan(1e-9 * Math.hypot(...base));
  }
});

test('any guess leads to the same minimum, on singular matrices too', () => {
  for (let seed = 0; seed < 300; seed++) {
    const { matrix } = randomProgram(seed);
    const random = randomFrom(2000 + seed);
    const base = Array.from({ length: matrix.size }, () => 2 * random());
    const zero = base.map(() => 0);
    const minimize = nonnegativeSolver(matrix, 1e-16);
    const expected = matrix.times(minimizeByEnumeration(matrix, matrix.times(base)));
    for (let draw = 0; draw < 4; draw++) {
      const guess = [...zero.keys()].filter(() => random() < 0.3 * draw);
      const { point, ray, residual } = minimize(zero, base, guess);
      expect(ray).toBeNull();
      expect(residual).toBeLessThan(1e-13);
      expect(Math.min(...point)).toBeGreaterThanOrEqual(0);
      const difference = matrix.times(point).map((x, i) => x - expected[i]!);
      expect(Math.hypot(...difference)).toBeLessThan(1e-9 * Math.hypot(...base));
    }
  }
});

test('exchanges that go round in circles, or would make the block singular, leave it to the active set', () => {
  const random = randomFrom(12);
  const rows = (count: number, width: number) =>
    Array.from({ length: count }, () => Array.from({ length: width }, () => normal(random)));
  const half = rows(30, 62);
  const opposed = [...half, ...half.map((row) => row.map((x) => -x + 1e-3 * normal(random)))];
  for (const gradients of [opposed, rows(60, 30), rows(60, 8)]) {
    const { cosines } = unitRows(SymmetricMatrix.gramian(gradients), 60);
    const minimize = nonnegativeSolver(cosines, 1e-16);
    const zero = gradients.map(() => 0);
    for (const own of [0, 29, 59]) {
      const base = zero.map((_, row) => +(row === own));
      const guess = [...zero.keys()].filter((row) => cosines.at(own, row) < 0);
      const [guessed, plain] = [minimize(zero, base, guess), minimize(zero, base)];
      expect(guessed.ray).toBeNull();
      expect(guessed.residual).toBeLessThan(1e-11);
      const difference = guessed.point.map((x, row) => x - plain.point[row]!);
      expect(Math.sqrt(Math.max(0, cosines.inner(difference, difference)))).toBeLessThan(1e-6);
    }
  }
});

test('rounding in a base that nearly vanishes is not descent', () => {
  // The first two rows are 1e4 · ĝ and its opposite. The third row is far shorter but across the fourth.
  const cosines = SymmetricMatrix.gramian([
    [0.6, 0.8, 0, 0],
    [-0.6, -0.8, 0, 0],
    [0, 0, 1, 0],
    [0, 0, -0.8, 0.6],
  ]);
  const rounded = SymmetricMatrix.from(4, (i, j) => (i + j === 1 ? -1 + 2 ** -53 : cosines.at(i, j)));
  const base = [1e4, 1e4, 1e-3, 2e-3];
  const { point, ray } = minimizeNonnegative(rounded, [0, 0, 0, 0], 1e-16, base);
  expect(ray).toBeNull();
  expect(point.slice(0, 2)).toEqual([0, 0]);
  // ⟨g₃, d⟩ = 0 needs z₃ = 0.8 · 2e-3 − 1e-3.
  expect(point[2]).toBeCloseTo(6e-4, 12);
  expect(point[3]).toBe(0);
});

test('nearly opposed rows: a projection is not longer than what is projected', () => {
  const random = randomFrom(11);
  for (let draw = 0; draw < 35; draw++) {
    const count = 4 + 2 * (draw % 7);
    const half = Array.from({ length: count / 2 }, () =>
      Array.from({ length: count + 2 }, () => random() - 0.5),
    );
    const rows = [...half, ...half.map((row) => row.map((x) => -x + 1e-6 * (random() - 0.5)))];
    const { cosines } = unitRows(SymmetricMatrix.gramian(rows), count);
    const zero = rows.map(() => 0);
    for (const own of rows.keys()) {
      const base = zero.map((_, row) => +(row === own));
      const { point, ray } = minimizeNonnegative(cosines, zero, 1e-16, base);
      expect(ray).toBeNull();
      const projection = point.map((x, row) => x + base[row]!);
      expect(cosines.inner(projection, projection)).toBeLessThan(1);
      expect(Math.min(...cosines.times(projection))).toBeGreaterThan(-1e-6);
    }
  }
});

test('nothing to gain: the origin', () => {
  const { point, residual } = minimizeNonnegative(
    SymmetricMatrix.from(2, (i, j) => (i === j ? 1 : -0.5)),
    [1, 0],
    1e-16,
  );
  expect(point).toEqual([0, 0]);
  expect(residual).toBe(0);
});

test('cosines from float32 kernels are not trusted beyond their error', () => {
  // Two opposite rows. Rounding has made their cosine −1 + 1e-7.
  const almost = SymmetricMatrix.from(2, (i, j) => (i === j ? 1 : -1 + 1e-7));
  expect(minimizeNonnegative(almost, [-1, -1], 1e-7).ray).not.toBeNull();
  expect(minimizeNonnegative(almost, [-1, -1], 1e-16).ray).toBeNull();
  // Three dependent rows, whose rounded cosines are not positive semidefinite.
  const beyond = SymmetricMatrix.from(3, (i, j) => (i === j ? 1 : 1 + 1e-7 * (i + j)));
  const { point } = minimizeNonnegative(beyond, [-1, -1.5, -1], 1e-7);
  expect(point.every((x) => Number.isFinite(x) && x >= 0)).toBe(true);
  expect(point.reduce((a, b) => a + b)).toBeCloseTo(1.5, 4);
});
