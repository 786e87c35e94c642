import { combineVectors, dot, gradients, relativeError, sum, type Vector } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { dualproj } from './dualproj.ts';
import { pcgrad } from './pcgrad.ts';
import { scaleError } from './testing/scales.ts';
import { type UpgradOptions, upgrad } from './upgrad.ts';

const combine = (options: UpgradOptions, rows: readonly (Vector | null)[]) =>
  combineVectors(
    upgrad(options),
    rows.map(() => 0),
    rows,
  );

test('two gradients: half of PCGrad', () => {
  const next = gradients(1, 2, 3);
  let conflicts = 0;
  for (let draw = 0; draw < 50; draw++) {
    const rows = next();
    conflicts += +(dot(rows[0]!, rows[1]!) < 0);
    const twice = sum([2, combine({}, rows).direction]);
    expect(relativeError(twice, combineVectors(pcgrad(), [0, 0], rows).direction)).toBeLessThan(1e-13);
  }
  expect(conflicts).toBeGreaterThan(5);
});

test('without conflict it is the mean', () => {
  const rows = gradients(1, 5, 4)().map((row) => row.map(Math.abs));
  const { coefficients, certificate } = combine({}, rows);
  expect(coefficients).toEqual([0.2, 0.2, 0.2, 0.2, 0.2]);
  expect(certificate).toEqual({ solved: true, residual: 0 });
});

test('the sum of the projections of each gradient, which DualProj computes one at a time', () => {
  const preference = [1, 0.5, 2, 0.1, 0];
  const next = gradients(2, 5, 6);
  for (let draw = 0; draw < 20; draw++) {
    const rows = next();
    const projections = preference.map((x, own) => {
      const alone = dualproj({ preference: preference.map((_, other) => +(other === own)) });
      return [x, combineVectors(alone, [0, 0, 0, 0, 0], rows).direction] as const;
    });
    expect(relativeError(combine({ preference }, rows).direction, sum(...projections))).toBeLessThan(1e-13);
  }
});

test('scaling one gradient scales its part, from 1e-10 to 1e10', () => {
  const next = gradients(3, 4, 4);
  for (let draw = 0; draw < 20; draw++) {
    const rows = next();
    const scales = [1e-10, 1e-3, 1e4, 1e10];
    const parts = rows.map((_, own) => {
      const preference = rows.map((_, other) => (other === own ? scales[own]! / 4 : 0));
      return [1, combine({ preference }, rows).direction] as const;
    });
    const scaled = rows.map((row, i) => row.map((x) => x * scales[i]!));
    expect(relativeError(combine({}, scaled).direction, sum(...parts))).toBeLessThan(1e-12);
  }
});

test('zero gradients count among the K; absent ones do not, and the others keep their preference', () => {
  expect(
    combine({}, [
      [0, 0],
      [3, -4],
    ]).direction,
  ).toEqual([1.5, -2]);
  const rows = [[1, 0], null, [0, 1]];
  expect(combine({}, rows).direction).toEqual([0.5, 0.5]);
  expect(combine({ preference: [2, 3, 5] }, rows).direction).toEqual([2, 5]);
});

test('opposed gradients leave nothing', () => {
  const { direction } = combine({}, [
    [1, -2],
    [-1, 2],
  ]);
  expect(direction).toEqual([0, 0]);
});

describe('golden values', () => {
  const conflicting = [
    [-4, 1, 1],
    [6, 1, 1],
  ];

  test('exact', () => {
    const { coefficients, direction } = combine({}, conflicting);
    expect(relativeError(coefficients, [10 / 9, 15 / 19])).toBeLessThan(1e-14);
    expect(relativeError(direction, [50 / 171, 325 / 171, 325 / 171])).toBeLessThan(1e-13);
  });

  test('regularised', () => {
    const { coefficients } = combine({ regularization: 1e-4 }, conflicting);
    for (const [i, x] of [1.1109210468, 0.7894310312].entries()) expect(coefficients[i]).toBeCloseTo(x, 9);
  });
});

test('wrong options', () => {
  expect(() => combine({ preference: [1] }, [[1], [1]])).toThrow(
    'upgrad: preference has 1 numbers for 2 objectives.',
  );
  expect(() => upgrad({ regularization: -1 })).toThrow('upgrad: option regularization: ');
});

test('scaling all gradients scales the direction', () => {
  expect(scaleError(upgrad(), [0, 0, 0, 0])).toBeLessThan(1e-12);
});
