import { normal, randomFrom } from '@scalpel/core';
import { combineVectors, dot, matrixBank, relativeError, sum, type Vector } from '@scalpel/core/testing';
import { Matrix, solve } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { imtlG } from './imtl-g.ts';

const combine = (rows: readonly (Vector | null)[]) =>
  combineVectors(
    imtlG(),
    rows.map(() => 0),
    rows,
  );

const unit = (row: Vector) => row.map((x) => x / Math.hypot(...row));

/**
 * There are as many independent gradients as entries. Let Û d₀ = 1, and let v be the coefficients of d₀. Then
 * the answer is d₀ / Σ vᵢ.
 */
function bySolving(rows: readonly Vector[]): number[] {
  const common = solve(new Matrix(rows.map(unit)), Matrix.ones(rows.length, 1));
  const v = solve(new Matrix(rows.map((row) => [...row])).transpose(), common).to1DArray();
  const total = v.reduce((a, b) => a + b);
  return common.to1DArray().map((x) => x / total);
}

test('independent gradients, of very different lengths: the same projection on each, coefficients that add up to one', () => {
  for (const { name, rows } of matrixBank().filter(({ name }) => name.includes('normal'))) {
    const { direction, coefficients } = combine(rows);
    const projections = rows.map((row) => dot(unit(row), direction));
    for (const projection of projections) {
      expect(Math.abs(projection - projections[0]!), name).toBeLessThan(1e-11 * Math.hypot(...direction));
    }
    const size = coefficients.reduce((total, c) => total + Math.abs(c), 0);
    expect(Math.abs(coefficients.reduce((a, b) => a + b) - 1), name).toBeLessThan(1e-14 * size);
  }
});

test('it agrees with solving the equations of the gradients themselves', () => {
  for (let seed = 0; seed < 60; seed++) {
    const random = randomFrom(seed);
    const count = 1 + (seed % 6);
    const rows = Array.from({ length: count }, () => {
      const scale = 10 ** (7 * random() - 3);
      return Array.from({ length: count }, () => scale * normal(random));
    });
    expect(relativeError(combine(rows).direction, bySolving(rows))).toBeLessThan(1e-9);
  }
});

test('two gradients: the weight of each is the length of the other', () => {
  for (const { name, rows } of matrixBank().filter(({ rows }) => rows.length === 2)) {
    const [first, second] = rows.map((row) => Math.hypot(...row)) as [number, number];
    const cosine = dot(rows[0]!, rows[1]!) / first / second;
    if (!(Math.abs(cosine) < 1 - 1e-12)) continue;
    const { coefficients } = combine(rows);
    expect(coefficients[0]! / (second / (first + second)), name).toBeCloseTo(1, 12);
    expect(coefficients[1]! / (first / (first + second)), name).toBeCloseTo(1, 12);
  }
});

describe('dependent gradients: the pseudo-inverse', () => {
  test('multiples of one direction: v is proportional to the signed lengths', () => {
    // G = l lᵀ, and G⁺ |l| = l (lᵀ|l|) / (lᵀl)²: here Σ lᵢ = 6 − √2 and lᵀl = 16.
    const { coefficients, direction } = combine([[1], [2], [3], [-Math.SQRT2]]);
    const total = 6 - Math.SQRT2;
    for (const [i, l] of [1, 2, 3, -Math.SQRT2].entries()) expect(coefficients[i]).toBeCloseTo(l / total, 12);
    expect(direction[0]).toBeCloseTo(16 / total, 12);
  });

  test('a duplicate shares its weight', () => {
    const [a, b] = [
      [3, 1],
      [-1, 2],
    ] as const;
    const { coefficients } = combine([a, b, a]);
    expect(coefficients[0]).toBeCloseTo(coefficients[2]!, 14);
    // The least-squares coefficients of d₀ with Û d₀ = 1: those of two gradients, with the first one halved.
    const alone = combine([a, b]).coefficients;
    expect(coefficients[0]! / coefficients[1]!).toBeCloseTo(alone[0]! / alone[1]! / 2, 12);
  });

  test('zero gradients take no part', () => {
    const { coefficients, direction } = combine([
      [0, 0],
      [3, 1],
      [-1, 2],
    ]);
    expect(coefficients[0]).toBe(0);
    expect(direction).toEqual(
      combine([
        [3, 1],
        [-1, 2],
      ]).direction,
    );
  });
});

test('no direction where the coefficients add up to zero', () => {
  const opposed = [
    [1, -2],
    [-1, 2],
  ];
  const zeros = [[0], [0]];
  for (const rows of [opposed, zeros]) {
    const { direction, coefficients, certificate } = combine(rows);
    expect(Math.hypot(...direction, ...coefficients)).toBe(0);
    expect(certificate).toMatchObject({ solved: false, note: expect.stringMatching(/^No combination/) });
  }
});

test('it may worsen every objective: the published method does', () => {
  const rows = [
    [1, 0, 0],
    [3, 0, 1],
    [0, 1, -1],
  ];
  const { coefficients, direction } = combine(rows);
  for (const [i, x] of [4.679, -1.93, -1.75].entries()) expect(coefficients[i]).toBeCloseTo(x, 3);
  for (const [i, x] of [-1.11, -3.51, -1.57].entries()) expect(dot(rows[i]!, direction)).toBeCloseTo(x, 3);
});

test('the direction is the same whatever the lengths of the gradients, but for its length and sign', () => {
  const rows = [
    [3, 1, 0],
    [-1, 2, 1],
    [0, -1, 2],
  ];
  const expected = unit(combine(rows).direction);
  for (const factors of [
    [1e-3, 1, 1e4],
    [1e10, 1, 1e-10],
    [7, 1e5, 1e5],
  ]) {
    const scaled = combine(rows.map((row, i) => row.map((x) => x * factors[i]!))).direction;
    expect(relativeError(sum([Math.sign(dot(scaled, expected)), unit(scaled)]), expected)).toBeLessThan(
      1e-12,
    );
  }
});

test('golden values', () => {
  const { coefficients, direction } = combine([
    [-4, 1, 1],
    [6, 1, 1],
  ]);
  for (const [i, x] of [0.5923303169, 0.4076696831].entries()) expect(coefficients[i]).toBeCloseTo(x, 10);
  for (const [i, x] of [0.0766968306, 1, 1].entries()) expect(direction[i]).toBeCloseTo(x, 10);
});

test('an absent objective is left out', () => {
  expect(combine([[3, 0], null, [0, 1]]).coefficients).toEqual([0.25, 0.75]);
});
