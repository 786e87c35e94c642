import { normal, randomFrom, SymmetricMatrix } from '@scalpel/core';
import { dot, matrixBank, relativeError, sum, type Vector } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { projectOnDualCone } from './dual-cone.ts';
import { fairCombination } from './fairness.ts';

const EXPONENTS = [0.1, 0.5, 1, 2, 5];

const fair = (rows: readonly Vector[], exponent: number, precision = 1e-16) =>
  fairCombination({ gramian: SymmetricMatrix.gramian(rows), precision }, rows.length, exponent);

const combined = (rows: readonly Vector[], coefficients: Vector) =>
  sum(...rows.map((row, i) => [coefficients[i]!, row] as const));

const cosine = (a: Vector, b: Vector) => dot(a, b) / Math.hypot(...a) / Math.hypot(...b);

/**
 * The largest difference between the cosine of d to a row and the cosine that the row's coefficient asks for.
 */
function cosineError(rows: readonly Vector[], coefficients: Vector, exponent: number): number {
  const direction = combined(rows, coefficients);
  const norm = Math.hypot(...direction);
  const errors = rows.map((row, i) => {
    const wanted = coefficients[i]! ** (-1 / exponent);
    return Math.abs(dot(row, direction) - wanted) / norm / Math.hypot(...row);
  });
  return Math.max(...errors);
}

/** The ratio of the two coefficients, by bisection of its logarithm. */
function ratioByBisection([g, h]: readonly [Vector, Vector], exponent: number): number {
  const [gg, gh, hh] = [dot(g, g), dot(g, h), dot(h, h)];
  const tooLarge = (log: number) => {
    const t = Math.exp(log);
    const [first, second] = [gg * t + gh, gh * t + hh];
    if (first <= 0) return false;
    return second <= 0 || Math.log(first / second) > -log / exponent;
  };
  let [low, high] = [-100, 100];
  while (high - low > 1e-14) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (tooLarge(middle)) high = middle;
    else low = middle;
  }
  return Math.exp(low);
}

describe('on every matrix of the bank', () => {
  const bank = matrixBank();

  test('the coefficients are positive, and what they should be for the direction they give', () => {
    for (const { name, rows } of bank) {
      for (const exponent of EXPONENTS) {
        const { coefficients, certificate } = fair(rows, exponent);
        if (certificate.note !== undefined) continue;
        expect(Math.min(...coefficients), name).toBeGreaterThan(0);
        expect(certificate.solved, `${name}, ${exponent}`).toBe(true);
        expect(cosineError(rows, coefficients, exponent), `${name}, ${exponent}`).toBeLessThan(1e-11);
        expect(certificate.residual, `${name}, ${exponent}`).toBeLessThan(1e-11);
      }
    }
  });

  test('there is no solution exactly where 0 is in the convex hull: no direction', () => {
    for (const { name, rows, stationary } of bank) {
      for (const exponent of EXPONENTS) {
        const { coefficients, certificate } = fair(rows, exponent);
        if (stationary !== null) expect(certificate.note !== undefined, name).toBe(stationary !== 'none');
        if (certificate.note === undefined) continue;
        expect(certificate.note).toMatch(/^No solution. Pareto-stationary/);
        expect(certificate.solved, name).toBe(false);
        expect(coefficients, name).toEqual(rows.map(() => 0));
      }
    }
  });
});

test('rows of lengths from 1e-10 to 1e10, many of them, any exponent', () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = randomFrom(seed);
    const count = 1 + Math.floor(16 * random());
    const rows = Array.from({ length: count }, () => {
      const scale = 10 ** (20 * random() - 10);
      return Array.from({ length: count + 2 }, () => scale * normal(random));
    });
    for (const exponent of [...EXPONENTS, 10]) {
      const { coefficients, certificate } = fair(rows, exponent);
      expect(certificate.solved).toBe(true);
      expect(cosineError(rows, coefficients, exponent)).toBeLessThan(1e-12);
    }
  }
});

test('one row: its length to the power −2a / (a + 1)', () => {
  for (const exponent of EXPONENTS) {
    for (const length of [1e-10, 3, 1e10]) {
      const [coefficient] = fair([[0, length]], exponent).coefficients;
      expect(coefficient! / length ** ((-2 * exponent) / (exponent + 1))).toBeCloseTo(1, 12);
    }
  }
});

test('rows that all are very long or very short: the same, times a power of the scale', () => {
  const random = randomFrom(6);
  for (const exponent of [0.01, ...EXPONENTS, 100]) {
    const rows = [1, 2, 3].map(() => Array.from({ length: 4 }, () => normal(random)));
    const expected = fair(rows, exponent).coefficients;
    for (const scale of [1e-150, 1e150]) {
      const scaled = rows.map((row) => row.map((x) => x * scale));
      const { coefficients, certificate } = fair(scaled, exponent);
      expect(certificate.solved).toBe(true);
      const factor = scale ** ((-2 * exponent) / (exponent + 1));
      for (const [i, x] of coefficients.entries()) expect(x / factor / expected[i]!).toBeCloseTo(1, 10);
    }
  }
});

test('lengths and exponents beyond what float64 can hold: no direction, and the certificate says so', () => {
  const rows = [
    [1e80, 1e79],
    [2e-80, 1e-80],
    [-1e-80, 1e-80],
  ];
  const { coefficients, certificate } = fair(rows, 0.001);
  expect(coefficients).toEqual([0, 0, 0]);
  expect(certificate).toMatchObject({ solved: false, note: expect.stringMatching(/^No direction/) });
  expect(Number.isFinite(certificate.residual)).toBe(true);
});

test('two rows: bisection finds the same', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = randomFrom(seed);
    const row = () => {
      const scale = 10 ** (7 * random() - 3);
      return Array.from({ length: 3 }, () => scale * normal(random));
    };
    const rows = [row(), row()] as const;
    if (cosine(...rows) < -0.99) continue;
    for (const exponent of EXPONENTS) {
      const [first, second] = fair(rows, exponent).coefficients as [number, number];
      const t = ratioByBisection(rows, exponent);
      const direction = sum([first / second, rows[0]], [1, rows[1]]);
      expect(relativeError(direction, sum([t, rows[0]], [1, rows[1]]))).toBeLessThan(1e-11);
    }
  }
});

describe('close to a stationary point', () => {
  // Unit rows at an angle of almost 180°: b = 1 / √(1 + cos), which is the height over √2.
  const rows = (height: number) => [
    [Math.sqrt(1 - height ** 2), height],
    [-Math.sqrt(1 - height ** 2), height],
  ];

  test('the answer is as good as inner products allow, and the residual does not hide it', () => {
    for (const height of [1e-2, 1e-4, 1e-6]) {
      const { coefficients, certificate } = fair(rows(height), 1);
      const exact = 1 / (Math.SQRT2 * height);
      expect(certificate.solved).toBe(true);
      expect(Math.abs(coefficients[0]! / exact - 1)).toBeLessThan(1e-15 / height ** 2);
      expect(cosineError(rows(height), coefficients, 1)).toBeLessThan(
        certificate.residual + 1e-15 / height ** 2,
      );
    }
  });

  test('closer than they tell, it is one, the sooner the less precise they are', () => {
    expect(fair(rows(1e-8), 1).certificate.note).toMatch(/^No solution/);
    expect(fair(rows(1e-3), 1, 1e-7).certificate.note).toMatch(/^No solution/);
    expect(fair(rows(1e-2), 1, 1e-7).certificate.note).toBeUndefined();
  });
});

describe('nearly opposed rows: long terms that nearly cancel', () => {
  const rowsAt = (height: number, count: number, seed: number) => {
    const random = randomFrom(seed, count);
    return Array.from({ length: count }, (_, index) => [
      (-1) ** index * (1 + height * normal(random)),
      ...[1, 2, 3].map(() => height * normal(random)),
    ]);
  };
  const HEIGHTS = [1e-3, 1e-4, 1e-5, 1e-6, 3e-7, 1e-7, 1e-8];

  test('the answer or none: its length is right and it worsens no row, or it is exactly zero and says why', () => {
    for (const count of [2, 3, 4, 5, 7]) {
      for (const height of HEIGHTS) {
        for (let seed = 0; seed < 40; seed++) {
          const rows = rowsAt(height, count, seed);
          for (const exponent of [0.5, 1, 2]) {
            const what = `${count} rows, ${height}, seed ${seed}, exponent ${exponent}`;
            const { coefficients, certificate } = fair(rows, exponent);
            if (!certificate.solved) {
              expect(coefficients, what).toEqual(rows.map(() => 0));
              expect(certificate.note, what).toMatch(/No direction/);
              continue;
            }
            const direction = combined(rows, coefficients);
            for (const row of rows) expect(cosine(row, direction), what).toBeGreaterThan(-1e-8);
            const square = coefficients.reduce((sum, x) => sum + x ** (1 - 1 / exponent), 0);
            expect(Math.abs(dot(direction, direction) / square - 1), what).toBeLessThan(0.02);
          }
        }
      }
    }
  });

  test('it is the answer wherever inner products tell', () => {
    for (const count of [2, 3]) {
      for (const height of HEIGHTS.filter((x) => x >= 1e-5)) {
        for (let seed = 0; seed < 40; seed++) {
          expect(fair(rowsAt(height, count, seed), 1).certificate.solved).toBe(true);
        }
      }
    }
  });
});

describe('limits of the exponent', () => {
  const random = randomFrom(3);
  const conflicting = [
    [1, 0, 0.1],
    [-2, 1, 0.1],
    [0.3, -1, 2],
  ];

  test('0: the sum, without what would worsen a row', () => {
    const agreeing = [0, 1, 2].map(() => Array.from({ length: 4 }, random));
    for (const rows of [agreeing, conflicting]) {
      const gramian = SymmetricMatrix.gramian(rows);
      const { coefficients } = projectOnDualCone(gramian, [1, 1, 1], 1e-16);
      const expected = combined(rows, coefficients);
      const errors = [1e-1, 1e-2, 1e-3].map((a) =>
        relativeError(combined(rows, fair(rows, a).coefficients), expected),
      );
      expect(errors[2]!).toBeLessThan(5e-3);
      expect(errors[2]!).toBeLessThan(errors[1]! / 5);
      expect(errors[1]!).toBeLessThan(errors[0]! / 3);
    }
  });

  test('∞: the same inner product with every row', () => {
    const spreads = [10, 100, 1000].map((a) => {
      const direction = combined(conflicting, fair(conflicting, a).coefficients);
      const products = conflicting.map((row) => dot(row, direction));
      return Math.max(...products) / Math.min(...products) - 1;
    });
    expect(spreads[2]!).toBeLessThan(1e-2);
    expect(spreads[2]!).toBeLessThan(spreads[1]! / 5);
    expect(spreads[1]!).toBeLessThan(spreads[0]! / 5);
  });
});
