import { describe, expect, test } from 'vitest';
import { unit } from '../coefficients.ts';
import { normal, randomFrom } from '../random.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { matrixBank } from '../testing/matrices.ts';
import { dot, relativeError, sum, type Vector } from '../testing/vectors.ts';
import { nearestInHalfSpaces } from './half-spaces.ts';

const length = (v: Vector) => Math.hypot(...v);

/** The last row, projected on the half-spaces of the others. Null if they have no point in common. */
function nearest(rows: readonly Vector[], demands: readonly number[], precision = 1e-16) {
  const units = rows.map((_, row) => unit(rows.length, row));
  const step = { gramian: SymmetricMatrix.gramian(rows), precision };
  const { coefficients, certificate } = nearestInHalfSpaces(step, units.at(-1)!, units.slice(0, -1), demands);
  if (coefficients === null) return { point: null, coefficients, certificate };
  return { point: sum(...rows.map((row, i) => [coefficients[i]!, row] as const)), coefficients, certificate };
}

describe('on every matrix of the bank', () => {
  test('on a cone the optimality conditions hold, on explicit vectors', () => {
    for (const { name, rows } of matrixBank()) {
      const normals = rows.slice(0, -1);
      const { point, coefficients, certificate } = nearest(
        rows,
        normals.map(() => 0),
      );
      expect(certificate.solved, name).toBe(true);
      expect(coefficients!.at(-1), name).toBe(1);
      const size = rows.reduce((total, row, i) => total + Math.abs(coefficients![i]!) * length(row), 0);
      for (const [i, row] of normals.entries()) {
        const [multiplier, slack] = [coefficients![i]!, dot(row, point!)];
        const rounding = 1e-10 * length(row) * size;
        expect(multiplier, name).toBeGreaterThanOrEqual(0);
        expect(slack, name).toBeGreaterThanOrEqual(-rounding);
        if (multiplier > 0) expect(slack, name).toBeLessThanOrEqual(rounding);
      }
    }
  });
});

/** The oracle: of all sets of conditions that hold with equality, the feasible point nearest to the start. */
function byEnumeration(rows: readonly Vector[], demands: readonly number[]): Vector | null {
  const normals = rows.slice(0, -1);
  const start = rows.at(-1)!;
  let best: Vector | null = null;
  for (let mask = 0; mask < 2 ** normals.length; mask++) {
    let point: Vector = start;
    // Alternating projections converge to the nearest point of an intersection of hyperplanes.
    const active = normals.flatMap((row, i) => (mask & (1 << i) ? [[row, demands[i]!] as const] : []));
    for (let round = 0; round < 4000; round++) {
      for (const [row, demand] of active) {
        const missing = (demand * length(row) - dot(row, point)) / dot(row, row);
        point = sum([1, point], [missing, row]);
      }
    }
    const isIn = normals.every((row, i) => dot(row, point) / length(row) >= demands[i]! - 1e-9);
    const isNearer =
      best === null || length(sum([1, point], [-1, start])) < length(sum([1, best], [-1, start]));
    if (isIn && isNearer) best = point;
  }
  return best;
}

test('agrees with trying every set of conditions that hold with equality', () => {
  for (let seed = 0; seed < 12; seed++) {
    const random = randomFrom(seed);
    const rows = Array.from({ length: 2 + (seed % 3) }, () =>
      Array.from({ length: 5 }, () => normal(random)),
    );
    const demands = rows.slice(1).map(() => 2 * random());
    expect(relativeError(nearest(rows, demands).point!, byEnumeration(rows, demands)!)).toBeLessThan(1e-7);
  }
});

describe('conditions that cannot all be met', () => {
  const opposed = [
    [1, 0, 0],
    [-3, 0, 0],
    [1, 1, 1],
  ];

  test('there is no point, and the certificate says why', () => {
    const { point, certificate } = nearest(opposed, [0.1, 0]);
    expect(point).toBeNull();
    expect(certificate).toMatchObject({ solved: false, note: expect.stringMatching(/^No point/) });
    expect(Number.isFinite(certificate.residual)).toBe(true);
  });

  test('conditions without demands always can: opposed ones leave a plane', () => {
    const { point, certificate } = nearest(opposed, [0, 0]);
    expect(certificate.solved).toBe(true);
    for (const [i, x] of [0, 1, 1].entries()) expect(point![i]).toBeCloseTo(x, 14);
  });
});

test('zero normals demand nothing, and zero is projected like any point', () => {
  const { point } = nearest(
    [
      [0, 0],
      [0, 2],
      [1, -1],
    ],
    [5, 0],
  );
  expect(point).toEqual([1, 0]);
  expect(
    nearest(
      [
        [3, 4],
        [0, 0],
      ],
      [5],
    ).point,
  ).toEqual([3, 4]);
});

test('a normal of which only rounding is left demands nothing', () => {
  const [a, g] = [
    [3, 4],
    [-1, -1],
  ];
  // (0.1 + 0.2) a − 0.3 a is 5e-17 a, against which g points.
  const gramian = SymmetricMatrix.gramian([a!, a!, g!]);
  const cancelled = [0.1 + 0.2, -0.3, 0];
  const { coefficients } = nearestInHalfSpaces({ gramian, precision: 1e-16 }, [0, 0, 1], [cancelled]);
  expect(coefficients).toEqual([0, 0, 1]);
});

test('behind float32 kernels nearly opposed normals are opposed', () => {
  const rows = [
    [1, 0, 0],
    [-1, 1e-4, 0],
    [0, 0.3, 1],
  ];
  expect(nearest(rows, [0.1, 0.1], 1e-7).point).toBeNull();
  expect(nearest(rows, [0.1, 0.1]).point).not.toBeNull();
});
