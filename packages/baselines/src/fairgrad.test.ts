import { combineVectors, dot, matrixBank, relativeError, type Vector } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { type FairgradOptions, fairgrad } from './fairgrad.ts';
import { sum } from './sum.ts';

const combine = (rows: readonly (Vector | null)[], options: FairgradOptions = {}) =>
  combineVectors(
    fairgrad(options),
    rows.map(() => 0),
    rows,
  );

const ALPHAS = [0.2, 0.5, 1, 2, 5];

test('each improvement is its coefficient to the power −1/α, on every matrix of the bank that has a solution', () => {
  for (const { name, rows } of matrixBank()) {
    for (const alpha of ALPHAS) {
      const { direction, coefficients, certificate } = combine(rows, { alpha });
      if (certificate!.note !== undefined) continue;
      for (const [i, row] of rows.entries()) {
        const error = dot(row, direction) - coefficients[i]! ** (-1 / alpha);
        const bound = 1e-11 * Math.hypot(...row) * Math.hypot(...direction);
        expect(Math.abs(error), `${name}, ${alpha}`).toBeLessThan(bound);
      }
    }
  }
});

test('no objective gets worse, to first order', () => {
  for (const { name, rows } of matrixBank()) {
    for (const alpha of ALPHAS) {
      const { direction, coefficients } = combine(rows, { alpha });
      const size = rows.reduce((total, row, i) => total + coefficients[i]! * Math.hypot(...row), 0);
      for (const row of rows) {
        expect(dot(row, direction), name).toBeGreaterThanOrEqual(-1e-13 * size * Math.hypot(...row));
      }
    }
  }
});

test('orthogonal gradients: wᵢ = ‖gᵢ‖ to the power −2α / (α + 1)', () => {
  const lengths = [1e-10, 1e-3, 2, 1e4, 1e10];
  const rows = lengths.map((length, i) => lengths.map((_, j) => (i === j ? length : 0)));
  for (const alpha of ALPHAS) {
    for (const [i, w] of combine(rows, { alpha }).coefficients.entries()) {
      expect(w / lengths[i]! ** ((-2 * alpha) / (alpha + 1))).toBeCloseTo(1, 11);
    }
  }
});

test('scaling all gradients by c scales the direction by c to the power (1 − α) / (1 + α)', () => {
  const rows = [
    [3, 1, 0],
    [-1, 2, 1],
    [0, -1, 2],
  ];
  for (const alpha of ALPHAS) {
    const { direction } = combine(rows, { alpha });
    for (const c of [1e-10, 1e10]) {
      const scaled = combine(
        rows.map((row) => row.map((x) => x * c)),
        { alpha },
      ).direction;
      const factor = c ** ((1 - alpha) / (1 + alpha));
      expect(
        relativeError(
          scaled,
          direction.map((x) => x * factor),
        ),
      ).toBeLessThan(1e-12);
    }
  }
});

test('without conflict and with a small α it is about the sum', () => {
  const rows = [
    [1, 2, 0],
    [3, 0, 1],
    [1, 1, 1],
  ];
  const expected = combineVectors(sum(), [0, 0, 0], rows).direction;
  expect(relativeError(combine(rows, { alpha: 1e-3 }).direction, expected)).toBeLessThan(5e-3);
});

test('golden values', () => {
  const rows = [
    [-4, 1, 1],
    [6, 1, 1],
  ];
  const golden: readonly [number, number, number, number, number][] = [
    [1, 0.5914611522, 0.4070714829, 0.0765842884, 0.9985326351],
    [2, 0.4713629223, 0.3194542282, 0.0312736798, 0.7908171505],
  ];
  for (const [alpha, first, second, x, y] of golden) {
    const { coefficients, direction } = combine(rows, { alpha });
    for (const [i, w] of [first, second].entries()) expect(coefficients[i]).toBeCloseTo(w, 9);
    for (const [i, entry] of [x, y, y].entries()) expect(direction[i]).toBeCloseTo(entry, 9);
  }
  for (const [i, w] of [0.7428282517, 0.5253926087].entries()) {
    expect(combine(rows, { alpha: 0.5 }).coefficients[i]).toBeCloseTo(w, 9);
  }
});

test('a zero gradient: no solution, and nothing moves', () => {
  const { direction, certificate } = combine(
    [
      [0, 0],
      [1, 2],
    ],
    { alpha: 2 },
  );
  expect(direction).toEqual([0, 0]);
  expect(certificate).toMatchObject({ solved: false });
});

test('α = 0: the sum of the gradients, conflicting or not, whatever the preference', () => {
  const rows = [
    [-4, 1, 1],
    [60, 1, 1],
    [0, 0, 0],
  ];
  for (const preference of [undefined, [1, 2, 3]]) {
    const { coefficients, certificate } = combine(rows, { alpha: 0, ...(preference && { preference }) });
    expect(coefficients).toEqual([1, 1, 1]);
    expect(certificate).toEqual({ solved: true, residual: 0 });
  }
});

test('α must not be negative', () => {
  expect(() => fairgrad({ alpha: -1 })).toThrow('fairgrad: option alpha');
});

test('with a preference each coefficient to the power 1/α times the improvement is its number', () => {
  const preference = [3, 0.5, 1, 2, 0.1, 7];
  for (const { name, rows } of matrixBank()) {
    for (const alpha of [0.5, 1, 2]) {
      const own = preference.slice(0, rows.length);
      const { direction, coefficients, certificate } = combine(rows, { alpha, preference: own });
      if (certificate!.note !== undefined) continue;
      for (const [i, row] of rows.entries()) {
        const error = dot(row, direction) - own[i]! * coefficients[i]! ** (-1 / alpha);
        const bound = 1e-11 * Math.hypot(...row) * Math.hypot(...direction);
        expect(Math.abs(error), `${name}, ${alpha}`).toBeLessThan(bound);
      }
    }
  }
  expect(() => combine([[1], [2]], { preference: [1] })).toThrow(
    'fairgrad: preference has 1 numbers for 2 objectives.',
  );
  expect(() => fairgrad({ preference: [0, 1] })).toThrow('fairgrad: option preference');
});

test('an absent objective is left out', () => {
  expect(combine([[1, 0], null, [0, 1]], { alpha: 3 }).direction).toEqual([1, 1]);
});
