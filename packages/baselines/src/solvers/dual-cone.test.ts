import { normal, randomFrom, SymmetricMatrix } from '@scalpel/core';
import { unitRows } from '@scalpel/core/solvers';
import {
  dot,
  matrixBank,
  minimizeByEnumeration,
  relativeError,
  sum,
  type Vector,
} from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { projectEachOnDualCone, projectOnDualCone } from './dual-cone.ts';

type Rows = readonly Vector[];

const bank = matrixBank();
const share = (rows: Rows) => rows.map(() => 1 / rows.length);
const combined = (rows: Rows, v: Vector) => sum(...rows.map((row, i) => [v[i]!, row] as const));
/** The size of the terms of the combination. Its rounding error is relative to this size. */
const sizeOf = (rows: Rows, v: Vector) =>
  rows.reduce((total, row, i) => total + v[i]! * Math.hypot(...row), 0);

/**
 * The optimality conditions on explicit vectors: in the cone, v >= u, and v > u only where the direction is
 * orthogonal to the row.
 */
function expectProjection(name: string, rows: Rows, u: Vector, v: Vector) {
  const direction = combined(rows, v);
  const size = sizeOf(rows, v);
  for (const [i, row] of rows.entries()) {
    const product = dot(row, direction);
    const rounding = 1e-12 * Math.hypot(...row) * size;
    expect(v[i]!, name).toBeGreaterThanOrEqual(u[i]!);
    expect(product, name).toBeGreaterThanOrEqual(-rounding);
    if (v[i]! > u[i]!) expect(product, name).toBeLessThanOrEqual(rounding);
  }
}

/** Many rows of very different lengths. Every second time there are more rows than entries. */
function scaledRows(seed: number, count: number): Rows {
  const random = randomFrom(seed);
  const width = seed % 2 === 0 ? count + 3 : Math.max(2, Math.floor(count / 2));
  return Array.from({ length: count }, () => {
    const scale = 10 ** (7 * random() - 3);
    return Array.from({ length: width }, () => scale * normal(random));
  });
}

test('the optimality conditions hold on every matrix of the bank, with any weights', () => {
  for (const { name, rows } of bank) {
    const random = randomFrom(rows.length);
    for (const u of [share(rows), rows.map(() => random()), rows.map((_, row) => row % 2)]) {
      const { coefficients, certificate } = projectOnDualCone(SymmetricMatrix.gramian(rows), u, 1e-16);
      expectProjection(name, rows, u, coefficients);
      expect(certificate.solved, name).toBe(true);
      expect(certificate.residual, name).toBeLessThan(1e-12);
    }
  }
});

test('they hold for up to 16 rows with lengths from 1e-3 to 1e4', () => {
  for (let count = 1; count <= 16; count++) {
    for (let draw = 0; draw < 6; draw++) {
      const rows = scaledRows(draw + 10 * count, count);
      const u = share(rows);
      const { coefficients } = projectOnDualCone(SymmetricMatrix.gramian(rows), u, 1e-16);
      expectProjection(`${count} rows, draw ${draw}`, rows, u, coefficients);
    }
  }
});

test('agrees with trying every set of rows that the direction is orthogonal to', () => {
  for (const { name, rows, spread } of bank) {
    const gramian = SymmetricMatrix.gramian(rows);
    const u = share(rows);
    const { indices, lengths, cosines } = unitRows(gramian, rows.length);
    const linear = cosines.times(lengths.map((length, i) => u[indices[i]!]! * length));
    const parts = minimizeByEnumeration(cosines, linear);
    const expected = [...u];
    for (const [i, row] of indices.entries()) expected[row]! += parts[i]! / lengths[i]!;
    const { coefficients } = projectOnDualCone(gramian, u, 1e-16);
    const difference = coefficients.map((v, row) => v - expected[row]!);
    const error = Math.hypot(...combined(rows, difference));
    expect(error, name).toBeLessThanOrEqual(1e-13 * Math.max(10, spread) * sizeOf(rows, u));
  }
});

test('each row alone: the sum of the projections of the rows', () => {
  for (const { name, rows, spread } of bank) {
    const gramian = SymmetricMatrix.gramian(rows);
    const u = rows.map((_, row) => 0.3 * row);
    const together = projectEachOnDualCone(gramian, u, 1e-16);
    const apart = rows.map((_, own) => {
      const alone = rows.map((_, row) => (row === own ? u[own]! : 0));
      return projectOnDualCone(gramian, alone, 1e-16);
    });
    const summed = sum(...apart.map(({ coefficients }) => [1, coefficients] as const));
    const difference = together.coefficients.map((v, row) => v - summed[row]!);
    const size = sizeOf(rows, together.coefficients);
    expect(Math.hypot(...combined(rows, difference)), name).toBeLessThanOrEqual(
      1e-13 * Math.max(10, spread) * size,
    );
    expect(together.certificate.solved, name).toBe(true);
    expect(together.certificate.residual, name).toBeLessThan(1e-12);
  }
});

test('the projection of a short row keeps its digits beside long ones', () => {
  const random = randomFrom(5);
  for (let count = 2; count <= 16; count++) {
    const rows = Array.from({ length: count }, () => Array.from({ length: count }, () => normal(random)));
    const scales = rows.map(() => 10 ** (20 * random() - 10));
    const scaled = rows.map((row, i) => row.map((x) => x * scales[i]!));
    for (const own of rows.keys()) {
      const alone = rows.map((_, row) => +(row === own));
      const of = (matrix: Rows) =>
        combined(matrix, projectOnDualCone(SymmetricMatrix.gramian(matrix), alone, 1e-16).coefficients);
      const expected = of(rows).map((x) => x * scales[own]!);
      expect(relativeError(of(scaled), expected)).toBeLessThan(1e-9);
    }
  }
});

test('zero rows keep their weight and change nothing for the others', () => {
  const rows = [
    [-4, 1, 1],
    [0, 0, 0],
    [6, 1, 1],
  ];
  const u = [0.5, 0.25, 0.5];
  const { coefficients } = projectOnDualCone(SymmetricMatrix.gramian(rows), u, 1e-16);
  const without = [rows[0]!, rows[2]!];
  const others = projectOnDualCone(SymmetricMatrix.gramian(without), [0.5, 0.5], 1e-16).coefficients;
  expect(coefficients).toEqual([others[0], 0.25, others[1]]);
});

test('the certificate says where nearly dependent rows leave no digits', () => {
  const random = randomFrom(3);
  const seen = new Set<boolean>();
  for (let draw = 0; draw < 12; draw++) {
    const half = Array.from({ length: 8 }, () => Array.from({ length: 18 }, () => normal(random)));
    const rows = [...half, ...half.map((row) => row.map((x) => -x + 1e-6 * normal(random)))];
    const gramian = SymmetricMatrix.gramian(rows);
    const exact = projectEachOnDualCone(gramian, share(rows), 1e-16).certificate;
    expect(exact.solved).toBe(exact.residual <= 1e-8);
    expect(exact.residual).toBeLessThan(1e-5);
    seen.add(exact.solved);
    // With float32 kernels, the Gramian cannot show a difference as small as this.
    expect(projectEachOnDualCone(gramian, share(rows), 1e-7).certificate.solved).toBe(true);
  }
  expect(seen.size).toBe(2);
});
