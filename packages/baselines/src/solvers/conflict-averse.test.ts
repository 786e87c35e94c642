import { normal, randomFrom, SymmetricMatrix } from '@scalpel/core';
import { dot, gradients, matrixBank, relativeError, sum, type Vector } from '@scalpel/core/testing';
import { LuDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { conflictAverse } from './conflict-averse.ts';
import { projectOnDualCone } from './dual-cone.ts';

type Rows = readonly Vector[];

const bank = matrixBank();
const combined = (rows: Rows, v: Vector) => sum(...rows.map((row, i) => [v[i]!, row] as const));
const meanOf = (rows: Rows) =>
  combined(
    rows,
    rows.map(() => 1 / rows.length),
  );
const solve = (rows: Rows, c: number, precision = 1e-16) =>
  conflictAverse(SymmetricMatrix.gramian(rows), c, precision);
const length = (v: Vector) => Math.hypot(...v);

/**
 * Weak duality on explicit vectors: the multipliers w prove that no d in the ball has a larger smallest
 * product than the bound, and d reaches it for each row. Also that d is in the ball.
 */
function expectOptimal(name: string, rows: Rows, c: number, ceiling?: number) {
  const { coefficients, certificate } = solve(rows, c);
  const mean = meanOf(rows);
  const direction = combined(rows, coefficients);
  const radius = c * length(mean);
  const excess = coefficients.map((coefficient) => coefficient - 1 / rows.length);
  expect(Math.min(...excess), name).toBeGreaterThanOrEqual(0);
  const size = rows.reduce((total, row, i) => total + coefficients[i]! * length(row), 0);
  const step = combined(rows, excess);
  expect(length(step), name).toBeLessThanOrEqual(radius + 1e-12 * size);
  const total = excess.reduce((a, b) => a + b, 0);
  const bound = ceiling ?? (dot(step, mean) + radius * length(step)) / total;
  for (const row of rows) {
    const rounding = 1e-11 * length(row) * size;
    expect(dot(row, direction), name).toBeGreaterThanOrEqual(bound - rounding);
  }
  expect(certificate.solved, name).toBe(true);
  expect(certificate.residual, name).toBeLessThan(1e-12);
}

describe('on every matrix of the bank', () => {
  test('duality proves the direction optimal, from nearly the mean to nearly MGDA', () => {
    for (const { name, rows } of bank) {
      const mean = meanOf(rows);
      const largest = Math.max(...rows.map(length));
      if (length(mean) <= 1e-12 * largest) continue;
      for (const c of [0.01, 0.5, 1, 3, 1e6]) {
        const { certificate } = solve(rows, c);
        const nearest = projectOnDualCone(
          SymmetricMatrix.gramian(rows),
          rows.map(() => 1 / rows.length),
          1e-16,
        );
        const away = sum([1, combined(rows, nearest.coefficients)], [-1, mean]);
        const reached = certificate.note !== undefined && length(away) <= c * length(mean) * (1 + 1e-12);
        expectOptimal(`${name}, c = ${c}`, rows, c, reached ? 0 : undefined);
      }
    }
  });

  test('where 0 is in the hull of the rows the certificate says so', () => {
    for (const { name, rows, stationary } of bank) {
      if (stationary === null) continue;
      const { certificate } = solve(rows, 0.5);
      if (length(meanOf(rows)) <= 1e-12 * Math.max(...rows.map(length))) continue;
      expect(certificate.note !== undefined, name).toBe(stationary !== 'none');
    }
  });

  test('and if no objective needs to get worse the answer is the nearest such direction', () => {
    let seen = 0;
    for (const { name, rows, stationary } of bank) {
      if (stationary !== 'weak') continue;
      const share = rows.map(() => 1 / rows.length);
      const nearest = projectOnDualCone(SymmetricMatrix.gramian(rows), share, 1e-16).coefficients;
      const { coefficients } = solve(rows, 2);
      const size = rows.reduce((total, row, i) => total + nearest[i]! * length(row), 0);
      const difference = coefficients.map((x, i) => x - nearest[i]!);
      expect(length(combined(rows, difference)), name).toBeLessThanOrEqual(1e-12 * size);
      seen++;
    }
    expect(seen).toBeGreaterThan(20);
  });
});

test('they hold for up to 16 rows with lengths from 1e-3 to 1e4', () => {
  for (let count = 2; count <= 16; count++) {
    for (let draw = 0; draw < 6; draw++) {
      const random = randomFrom(draw + 10 * count);
      // The first entries are positive, so that all objectives can improve.
      const rows = Array.from({ length: count }, () => {
        const scale = 10 ** (7 * random() - 3);
        return [
          scale * (0.1 + random()),
          ...Array.from({ length: 1 + Math.floor(count / 2) }, () => scale * normal(random)),
        ];
      });
      for (const c of [0.1, 0.5, 2]) expectOptimal(`${count} rows, draw ${draw}, c = ${c}`, rows, c);
    }
  }
});

/**
 * The oracle: for every set of rows with the same product ν, the direction g₀ + Σ zᵢ gᵢ at distance c ‖g₀‖,
 * by the quadratic equation for ν. Returns the one with z >= 0 and no other row below ν, or null.
 */
function byEnumeration(rows: Rows, c: number): number[] | null {
  const mean = meanOf(rows);
  for (let mask = 1; mask < 2 ** rows.length; mask++) {
    const active = rows.filter((_, row) => mask & (1 << row));
    const gramian = new LuDecomposition(new Matrix(active.map((a) => active.map((b) => dot(a, b)))));
    if (Math.abs(gramian.determinant) < 1e-10) continue;
    const fit = (right: number[]) => gramian.solve(Matrix.columnVector(right)).to1DArray();
    const start = fit(active.map((row) => -dot(row, mean)));
    const slope = fit(active.map(() => 1));
    const [a, b] = [combined(active, start), combined(active, slope)];
    const half = dot(a, b) / dot(b, b);
    const root = Math.sqrt(half ** 2 - (dot(a, a) - (c * length(mean)) ** 2) / dot(b, b));
    for (const level of [-half + root, -half - root]) {
      const direction = sum([1, mean], [1, a], [level, b]);
      const positive = start.every((z, i) => z + level * slope[i]! >= 0);
      if (positive && rows.every((row) => dot(row, direction) >= level - 1e-9)) return direction;
    }
  }
  return null;
}

test('agrees with trying every set of equally served rows', () => {
  let tried = 0;
  for (let seed = 0; seed < 60; seed++) {
    const rows = gradients(seed, 2 + (seed % 4), 5)();
    for (const c of [0.2, 0.5, 1.5]) {
      const expected = byEnumeration(rows, c);
      if (expected === null) continue;
      tried++;
      const direction = combined(rows, solve(rows, c).coefficients);
      expect(relativeError(direction, expected)).toBeLessThan(1e-9);
    }
  }
  expect(tried).toBeGreaterThan(170);
});

test('any c: from none to more than can be squared', () => {
  const rows = gradients(4, 3, 5)();
  expect(solve(rows, 0)).toEqual({
    coefficients: [1 / 3, 1 / 3, 1 / 3],
    certificate: { solved: true, residual: 0 },
  });
  const directions = [1e10, 1e200].map((c) => combined(rows, solve(rows, c).coefficients));
  const [large, larger] = directions.map((d) => d.map((x) => x / Math.max(...d.map(Math.abs))));
  expect(relativeError(large!, larger!)).toBeLessThan(1e-9);
});

test('no gradient, or a mean that vanishes: the coefficients of the mean', () => {
  for (const rows of [
    [[0, 0]],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [3, -4],
      [-3, 4],
    ],
    [
      [1, 0.1],
      [-0.3, 0.6],
      [-0.7, -0.7],
    ],
  ]) {
    expect(solve(rows, 0.5)).toEqual({
      coefficients: rows.map(() => 1 / rows.length),
      certificate: { solved: true, residual: 0 },
    });
  }
});

test('behind float32 kernels nearly opposed rows are opposed', () => {
  const rows = [
    [1, 0, 0],
    [-1, 1e-4, 0],
    [0, 0.3, 1],
  ];
  expect(solve(rows, 0.5, 1e-7).certificate.note).toMatch(/^Pareto-stationary/);
  expect(solve(rows, 0.5, 1e-16).certificate.note).toBeUndefined();
});

test('the certificate says where nearly dependent rows leave no digits', () => {
  const random = randomFrom(3);
  const seen = new Set<boolean>();
  for (let draw = 0; draw < 12; draw++) {
    const half = Array.from({ length: 8 }, () => Array.from({ length: 18 }, () => normal(random)));
    const noise = draw % 2 === 0 ? 1e-3 : 1e-6;
    const rows = [...half, ...half.map((row) => row.map((x) => -x + noise * normal(random)))];
    const { coefficients, certificate } = solve(rows, 3);
    expect(coefficients.every(Number.isFinite)).toBe(true);
    expect(certificate.solved).toBe(certificate.residual <= 1e-8);
    seen.add(certificate.solved);
  }
  expect(seen.size).toBe(2);
});

test('at a stationary point the residual is what the direction worsens most, as the inner products have it', () => {
  let most = 0;
  for (let seed = 0; seed < 40; seed++) {
    const random = randomFrom(seed);
    const rows = Array.from({ length: 4 }, () => Array.from({ length: 3 }, () => 100 * normal(random)));
    const exact = SymmetricMatrix.gramian([...rows, sum(...rows.map((row) => [-random(), row] as const))]);
    const lengths = Array.from({ length: 5 }, (_, i) => Math.sqrt(exact.at(i, i)));
    const noisy = SymmetricMatrix.from(
      5,
      (i, j) => exact.at(i, j) + (i === j ? 0 : 1e-7 * normal(random) * lengths[i]! * lengths[j]!),
    );
    for (const c of [2, 10]) {
      const { coefficients, certificate } = conflictAverse(noisy, c, 1e-7);
      expect(certificate.note).toMatch(/^Pareto-stationary/);
      const mean = lengths.map(() => 1 / 5);
      const unit = (1 + c) * Math.sqrt(noisy.inner(mean, mean));
      const falls = noisy.times(coefficients).map((product, i) => -product / lengths[i]! / unit);
      const nearest = projectOnDualCone(noisy, mean, 1e-7).coefficients.map((x) => x - 1 / 5);
      if (Math.sqrt(Math.max(0, noisy.inner(nearest, nearest))) > c * Math.sqrt(noisy.inner(mean, mean)))
        continue;
      expect(certificate.residual).toBeCloseTo(Math.max(0, ...falls), 13);
      most = Math.max(most, certificate.residual);
    }
  }
  expect(most).toBeGreaterThan(1e-8);
});
