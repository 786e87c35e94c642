import { createVectorEngine, SymmetricMatrix } from '@scalpel/core';
import { unitRows } from '@scalpel/core/solvers';
import {
  type BankMatrix,
  combineVectors,
  dot,
  matrixBank,
  minimizeByEnumeration,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { type MgdaOptions, mgda } from './mgda.ts';
import { scaleError } from './testing/scales.ts';

type Rows = BankMatrix['rows'];

const combine = (rows: Rows) =>
  combineVectors(
    mgda(),
    rows.map(() => 0),
    rows,
  );

const lengthsTogether = (rows: Rows, coefficients: readonly number[]) =>
  rows.reduce((total, row, i) => total + coefficients[i]! * Math.hypot(...row), 0);

/** The shortest convex combination, found by trying every support. */
function byEnumeration(rows: Rows): number[] {
  const { indices, lengths, cosines } = unitRows(SymmetricMatrix.gramian(rows), rows.length);
  const shortest = Math.min(...lengths);
  const z = minimizeByEnumeration(
    cosines,
    lengths.map((length) => -shortest / length),
  ).map((x, i) => x / lengths[i]!);
  const total = z.reduce((a, b) => a + b);
  return sum(...indices.map((row, i) => [z[i]! / total, rows[row]!] as const));
}

test('no coefficient is negative, not even by rounding', () => {
  const { coefficients } = combine([
    [-1, 0, 0, 0, 0, 1],
    [0, 1, 0, 1, 0, 1],
    [-1, 1, 0, 0, -1, 1],
    [-1, -1, 1, 0, 1, -1],
  ]);
  expect(Math.min(...coefficients)).toBe(0);
});

describe('on every matrix of the bank', () => {
  const bank = matrixBank();

  test('the coefficients are convex and certified optimal', () => {
    for (const { name, rows } of bank) {
      const { coefficients, certificate } = combine(rows);
      expect(Math.min(...coefficients), name).toBeGreaterThanOrEqual(0);
      expect(
        coefficients.reduce((a, b) => a + b),
        name,
      ).toBeCloseTo(1, 12);
      expect(certificate!.solved, name).toBe(true);
      expect(certificate!.residual, name).toBeLessThan(1e-12);
    }
  });

  test('no other convex combination is shorter: ⟨gᵢ, d⟩ >= ‖d‖², which is the duality gap', () => {
    for (const { name, rows } of bank) {
      const { direction, certificate } = combine(rows);
      if (certificate!.note !== undefined) continue;
      const square = dot(direction, direction);
      for (const row of rows) {
        const slack = dot(row, direction) - square;
        expect(slack, name).toBeGreaterThanOrEqual(-1e-12 * Math.hypot(...row) * Math.hypot(...direction));
      }
    }
  });

  test('it agrees with trying every support', () => {
    for (const { name, rows } of bank) {
      const { direction, certificate } = combine(rows);
      if (certificate!.note === undefined) {
        expect(relativeError(direction, byEnumeration(rows)), name).toBeLessThan(1e-12);
      }
    }
  });

  test('it is zero exactly where 0 is in the convex hull, and says so', () => {
    for (const { name, rows, stationary } of bank) {
      const { direction, coefficients, certificate } = combine(rows);
      if (stationary !== null) expect(certificate!.note !== undefined, name).toBe(stationary !== 'none');
      if (certificate!.note === undefined) continue;
      expect(certificate!.note).toMatch(/^Pareto-stationary/);
      expect(Math.hypot(...direction), name).toBeLessThanOrEqual(1e-13 * lengthsTogether(rows, coefficients));
    }
  });

  test('no objective gets worse, to first order', () => {
    for (const { name, rows } of bank) {
      const { direction, coefficients } = combine(rows);
      for (const row of rows) {
        const tolerance = 1e-13 * Math.hypot(...row) * lengthsTogether(rows, coefficients);
        expect(dot(row, direction), name).toBeGreaterThanOrEqual(-tolerance);
      }
    }
  });

  test('the direction does not depend on the order of the objectives', () => {
    for (const { name, rows } of bank) {
      const { direction, coefficients, certificate } = combine(rows);
      const reversed = combine([...rows].reverse());
      expect(reversed.certificate!.note, name).toBe(certificate!.note);
      if (certificate!.note !== undefined) continue;
      expect(relativeError(reversed.direction, direction), name).toBeLessThan(1e-12);
      if (name.includes('normal')) {
        const error = relativeError([...reversed.coefficients].reverse(), coefficients);
        expect(error, name).toBeLessThan(1e-9);
      }
    }
  });
});

test('two rows: the clipped closed form', () => {
  const rows: Rows[] = matrixBank().flatMap((matrix) => (matrix.rows.length === 2 ? [matrix.rows] : []));
  for (const [first, second] of rows as [number[], number[]][]) {
    const [g11, g12, g22] = [dot(first, first), dot(first, second), dot(second, second)];
    if (g11 + g22 - 2 * g12 === 0) continue;
    const gamma = Math.min(1, Math.max(0, (g22 - g12) / (g11 + g22 - 2 * g12)));
    const { direction } = combine([first, second]);
    const error = Math.hypot(...sum([1, direction], [-gamma, first], [gamma - 1, second]));
    expect(error).toBeLessThanOrEqual(1e-13 * (Math.sqrt(g11) + Math.sqrt(g22)));
  }
});

test('golden values', () => {
  const { coefficients, direction } = combine([
    [-4, 1, 1],
    [6, 1, 1],
  ]);
  for (const [i, x] of [0.6, 0.4].entries()) expect(coefficients[i]).toBeCloseTo(x, 12);
  for (const [i, x] of [0, 1, 1].entries()) expect(direction[i]).toBeCloseTo(x, 12);
});

test('opposed losses: half each, and no direction', () => {
  const { coefficients, direction } = combine([
    [1, -2],
    [-1, 2],
  ]);
  expect(coefficients).toEqual([0.5, 0.5]);
  expect(direction).toEqual([0, 0]);
});

test('zero gradients share the weight', () => {
  const { coefficients, certificate } = combine([
    [0, 0],
    [3, 4],
    [0, 0],
  ]);
  expect(coefficients).toEqual([0.5, 0, 0.5]);
  expect(certificate!.note).toMatch(/^Pareto-stationary/);
});

test('an absent objective is left out', () => {
  const rows = [[1, 0], null, [0, 1]];
  expect(combineVectors(mgda(), [0, 0, 0], rows).direction).toEqual([0.5, 0.5]);
});

test('scaling all gradients scales the direction', () => {
  expect(scaleError(mgda(), [0, 0, 0, 0])).toBeLessThan(1e-12);
});

describe('on normalised gradients', () => {
  const losses = [0.5, 3, 20, 1, 7, 0.1];
  const answer = (rows: readonly Vector[], options: MgdaOptions) =>
    createVectorEngine({
      combiner: mgda(options),
      objectives: withPriorities(...rows.map(() => 0)),
    }).step({ batches: [rows], losses: losses.slice(0, rows.length) });

  test.each(['length', 'loss', 'both'] as const)('by %s: MGDA of the rows divided by hand', (normalize) => {
    for (const { name, rows } of matrixBank()) {
      const divided = rows.map((row, i) => {
        const length = normalize === 'loss' ? 1 : Math.hypot(...row) || 1;
        return row.map((x) => x / length / (normalize === 'length' ? 1 : losses[i]!));
      });
      const [given, expected] = [answer(rows, { normalize }), combine(divided)];
      expect(given.certificate!.note, name).toBe(expected.certificate!.note);
      expect(given.certificate!.solved, name).toBe(true);
      if (expected.certificate!.note !== undefined) continue;
      expect(relativeError(given.direction, expected.direction), name).toBeLessThan(1e-9);
    }
  });

  test('two gradients by length: half of the sum of the unit gradients, whatever their lengths', () => {
    const { direction } = answer(
      [
        [0, 1e-6],
        [3e7, 0],
      ],
      { normalize: 'length' },
    );
    expect(relativeError(direction, [0.5, 0.5])).toBeLessThan(1e-14);
  });

  test('its default is none, and other kinds and losses that are not positive are refused', () => {
    const rows = [
      [1, 2],
      [-3, 1],
    ];
    expect(answer(rows, { normalize: 'none' })).toEqual(answer(rows, {}));
    expect(mgda({ normalize: 'both' }).name).toBe('mgda');
    expect(() => mgda({ normalize: 'l2' as never })).toThrow('mgda: option normalize: ');
    expect(() =>
      createVectorEngine({ combiner: mgda({ normalize: 'loss' }), objectives: withPriorities(0) }).step({
        batches: [[[1]]],
        losses: [-1],
      }),
    ).toThrow('normalized(mgda) by loss: the loss of "objective 0" is -1, but must be > 0');
  });
});
