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
import { type DualprojOptions, dualproj } from './dualproj.ts';
import { scaleError } from './testing/scales.ts';

const combine = (options: DualprojOptions, rows: readonly (Vector | null)[]) =>
  combineVectors(
    dualproj(options),
    rows.map(() => 0),
    rows,
  );

const meanOf = (rows: readonly Vector[]) => sum(...rows.map((row) => [1 / rows.length, row] as const));

test('no direction without conflict is nearer to the mean', () => {
  // The other such directions are seen from the projection under an angle of at least 90° to the mean.
  for (let seed = 0; seed < 50; seed++) {
    const rows = gradients(seed, 4, 3 + (seed % 3))();
    const { direction } = combine({}, rows);
    const away = sum([1, meanOf(rows)], [-1, direction]);
    expect(Math.abs(dot(away, direction))).toBeLessThan(1e-13);
    const next = gradients(1000 + seed, 20, rows[0]!.length);
    for (const other of next()) {
      if (rows.every((row) => dot(row, other) >= 0)) expect(dot(away, other)).toBeLessThan(1e-13);
    }
  }
});

test('without conflict it is the mean', () => {
  const rows = gradients(1, 5, 4)().map((row) => row.map(Math.abs));
  const { coefficients, certificate } = combine({}, rows);
  expect(coefficients).toEqual([0.2, 0.2, 0.2, 0.2, 0.2]);
  expect(certificate).toEqual({ solved: true, residual: 0 });
});

test('one gradient stays, and zero ones count in the mean', () => {
  expect(combine({}, [[3, -4]]).direction).toEqual([3, -4]);
  expect(
    combine({}, [
      [0, 0],
      [3, -4],
      [0, 0],
      [0, 0],
    ]).direction,
  ).toEqual([0.75, -1]);
  expect(combine({}, [[0], [0]]).coefficients).toEqual([0.5, 0.5]);
});

test('duplicates count as often as they are there, and only the conflict of one has to go', () => {
  const [a, b] = [
    [-4, 1, 1],
    [6, 1, 1],
  ];
  const twice = combine({}, [a, b, a]).direction;
  const weighted = combine({ preference: [2 / 3, 1 / 3] }, [a, b]).direction;
  expect(relativeError(twice, weighted)).toBeLessThan(1e-14);
});

test('opposed gradients leave what is across them', () => {
  const { direction } = combine({}, [
    [1, 0, 0],
    [-3, 0, 0],
    [1, 3, 0],
  ]);
  expect(Math.hypot(...sum([1, direction], [-1, [0, 1, 0]]))).toBeLessThan(1e-15);
});

describe('preference', () => {
  test('an objective that does not count is still protected: the closed form for one of two', () => {
    const next = gradients(3, 2, 3);
    for (let draw = 0; draw < 30; draw++) {
      const [first, second] = next() as [Vector, Vector];
      const conflict = Math.min(0, dot(first, second) / dot(second, second));
      const expected = sum([1, first], [-conflict, second]);
      expect(
        relativeError(combine({ preference: [1, 0] }, [first, second]).direction, expected),
      ).toBeLessThan(1e-13);
    }
  });

  test('belongs to the objectives as they were given, whichever are absent', () => {
    const rows = [[1, 0], null, [0, 1]];
    expect(combine({ preference: [2, 3, 5] }, rows).direction).toEqual([2, 5]);
    expect(combine({}, rows).direction).toEqual([0.5, 0.5]);
  });

  test('scales the direction', () => {
    const rows = gradients(4, 3, 3)();
    const triple = combine({ preference: [3, 3, 3] }, rows).direction;
    expect(relativeError(triple, sum([9, combine({}, rows).direction]))).toBeLessThan(1e-13);
  });

  test('wrong ones', () => {
    expect(() => combine({ preference: [1, 2] }, [[1], [1], [1]])).toThrow(
      'dualproj: preference has 2 numbers for 3 objectives. Give one per objective, in their order, or leave it out',
    );
    expect(() => dualproj({ preference: [1, -1] })).toThrow('dualproj: option preference.1: ');
  });
});

describe('golden values', () => {
  const conflicting = [
    [-4, 1, 1],
    [6, 1, 1],
  ];

  test('exact', () => {
    const { coefficients, direction } = combine({}, conflicting);
    expect(relativeError(coefficients, [11 / 18, 1 / 2])).toBeLessThan(1e-14);
    expect(relativeError(direction, [5 / 9, 10 / 9, 10 / 9])).toBeLessThan(1e-14);
  });

  test('regularised', () => {
    const { coefficients, direction } = combine({ regularization: 1e-4 }, conflicting);
    expect(coefficients[0]).toBeCloseTo(0.6109210468, 9);
    expect(coefficients[1]).toBe(0.5);
    // In this case there is a little conflict.
    expect(dot(conflicting[0]!, direction)).toBeCloseTo(-3.4e-3, 4);
  });

  test('with zero gradients alone regularization has nothing to add', () => {
    expect(combine({ regularization: 1e-4 }, [[0], [0]]).coefficients).toEqual([0.5, 0.5]);
    expect(() => dualproj({ regularization: -1 })).toThrow('dualproj: option regularization: ');
  });
});

test('finite on every matrix of the bank, regularised or not', () => {
  for (const { name, rows } of matrixBank()) {
    for (const regularization of [0, 1e-4]) {
      const { direction, coefficients } = combine({ regularization }, rows);
      expect([...direction, ...coefficients].every(Number.isFinite), name).toBe(true);
    }
  }
});

test('scaling all gradients scales the direction', () => {
  expect(scaleError(dualproj(), [0, 0, 0, 0])).toBeLessThan(1e-12);
  expect(scaleError(dualproj({ regularization: 1e-4 }), [0, 0, 0, 0])).toBeLessThan(1e-12);
});
