import {
  combineVectors,
  dot,
  gradients,
  matrixBank,
  relativeError,
  sum,
  type Vector,
} from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { type CagradOptions, cagrad } from './cagrad.ts';
import { dualproj } from './dualproj.ts';
import { mgda } from './mgda.ts';
import { scaleError } from './testing/scales.ts';

const combine = (options: CagradOptions, rows: readonly (Vector | null)[]) =>
  combineVectors(
    cagrad(options),
    rows.map(() => 0),
    rows,
  );

const length = (v: Vector) => Math.hypot(...v);
const meanOf = (rows: readonly Vector[]) => sum(...rows.map((row) => [1 / rows.length, row] as const));

test('no direction in the ball is better for the objective that gains least', () => {
  for (let seed = 0; seed < 30; seed++) {
    const rows = gradients(seed, 3, 4)();
    const mean = meanOf(rows);
    const { direction } = combine({}, rows);
    const least = (d: Vector) => Math.min(...rows.map((row) => dot(row, d)));
    expect(length(sum([1, direction], [-1, mean]))).toBeCloseTo(0.5 * length(mean), 12);
    for (const step of gradients(100 + seed, 300, 4)()) {
      const other = sum([1, mean], [(0.5 * length(mean)) / length(step), step]);
      expect(least(other)).toBeLessThanOrEqual(least(direction));
    }
  }
});

test('c = 0 is the mean', () => {
  for (const { name, rows } of matrixBank()) {
    const { coefficients } = combine({ c: 0 }, rows);
    expect(coefficients, name).toEqual(rows.map(() => 1 / rows.length));
  }
});

test('with growing c the direction turns to that of MGDA', () => {
  for (let seed = 0; seed < 20; seed++) {
    const rows = gradients(seed, 4, 6)();
    const shortest = combineVectors(mgda(), [0, 0, 0, 0], rows).direction;
    const { direction } = combine({ c: 1e10 }, rows);
    const turned = sum([length(shortest) / length(direction), direction]);
    expect(relativeError(turned, shortest)).toBeLessThan(1e-8);
  }
});

test('with the c that just reaches it, it is DualProj', () => {
  let conflicts = 0;
  for (let seed = 0; seed < 40; seed++) {
    const rows = gradients(seed, 3, 4)();
    const mean = meanOf(rows);
    const nearest = combineVectors(dualproj(), [0, 0, 0], rows).direction;
    const c = length(sum([1, nearest], [-1, mean])) / length(mean);
    if (c === 0) continue;
    conflicts++;
    expect(relativeError(combine({ c }, rows).direction, nearest)).toBeLessThan(1e-9);
  }
  expect(conflicts).toBeGreaterThan(3);
});

test('two gradients: the ball is left along the one that is worse off, or along both', () => {
  const [first, second] = [
    [1, 0],
    [0, 8],
  ];
  // g₀ = (½, 4): the first gains ½ and the second 32, so d = g₀ + ½ ‖g₀‖ (1, 0).
  const { direction } = combine({}, [first, second]);
  expect(relativeError(direction, [0.5 + 0.5 * Math.hypot(0.5, 4), 4])).toBeLessThan(1e-14);
  // The same lengths: both gain the same along the mean.
  expect(
    relativeError(
      combine({}, [
        [1, 0],
        [0, 1],
      ]).direction,
      [0.75, 0.75],
    ),
  ).toBeLessThan(1e-14);
});

describe('golden values', () => {
  const conflicting = [
    [-4, 1, 1],
    [6, 1, 1],
  ];

  test('not rescaled', () => {
    const { coefficients, direction } = combine({}, conflicting);
    for (const [i, x] of [0.7041241452, 0.5].entries()) expect(coefficients[i]).toBeCloseTo(x, 10);
    for (const [i, x] of [0.1835034191, 1.2041241452, 1.2041241452].entries())
      expect(direction[i]).toBeCloseTo(x, 10);
  });

  test('rescaled', () => {
    const [first, second] = ([1, 2] as const).map(
      (rescale) => combine({ rescale }, conflicting).coefficients,
    );
    for (const [i, x] of [0.5632993162, 0.4].entries()) expect(first![i]).toBeCloseTo(x, 10);
    for (const [i, x] of [0.4694160968, 0.3333333333].entries()) expect(second![i]).toBeCloseTo(x, 10);
  });
});

test('one gradient: 1 + c times it', () => {
  expect(combine({ c: 3 }, [[3, -4]]).direction).toEqual([12, -16]);
  expect(combine({ c: 3, rescale: 2 }, [[3, -4]]).direction).toEqual([3, -4]);
});

test('zero gradients count in the mean, and where nothing gets worse the mean stays', () => {
  const { coefficients, certificate } = combine({}, [
    [0, 0],
    [3, 4],
  ]);
  expect(coefficients).toEqual([0.5, 0.5]);
  expect(certificate!.note).toMatch(/^Pareto-stationary/);
});

test('a mean that vanishes leaves no direction', () => {
  const { direction } = combine({ c: 2 }, [
    [1, -2],
    [-1, 2],
  ]);
  expect(direction).toEqual([0, 0]);
});

test('an absent objective is left out', () => {
  const rows = gradients(5, 3, 4)();
  const without = combine({}, [rows[0]!, null, rows[2]!]).direction;
  expect(without).toEqual(combine({}, [rows[0]!, rows[2]!]).direction);
});

test('wrong options', () => {
  expect(() => cagrad({ c: -1 })).toThrow('cagrad: option c: ');
  expect(() => cagrad({ rescale: 3 as never })).toThrow('cagrad: option rescale: Give 0, 1 or 2');
});

test('scaling all gradients scales the direction', () => {
  for (const c of [0.5, 3]) expect(scaleError(cagrad({ c }), [0, 0, 0, 0])).toBeLessThan(1e-11);
});
