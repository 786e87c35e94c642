import { createVectorEngine, SymmetricMatrix, unit } from '@scalpel/core';
import {
  combineVectors,
  dot,
  gradients,
  matrixBank,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { type PcdOptions, pcd } from './pcd.ts';
import { scaleError } from './testing/scales.ts';

type Pair = readonly [Vector, Vector];

const length = (v: Vector) => Math.hypot(...v);
const times = (factor: number, v: Vector) => v.map((x) => factor * x);
const conflicting = [
  [-4, 1, 1],
  [6, 1, 1],
];

/** The answer of a single step, with one objective per level. */
const answer = (rows: readonly Vector[], options: PcdOptions = {}) =>
  combineVectors(pcd(options), [...rows.keys()], rows);

describe('two levels', () => {
  /** In the first step each normalised gradient has length one. */
  const closedForm = ([primary, secondary]: readonly Vector[], tau: number) => {
    const [a, b] = [primary!, secondary!].map((row) =>
      times(1 / length(row), row),
    ) as readonly Vector[] as Pair;
    const nearest = sum([1, a], [Math.max(0, tau - dot(a, b)), b]);
    return times(length(primary!) / length(nearest), nearest);
  };

  test('g̃₀ + max(0, τ − cos) g̃₁, as long as the primary gradient', () => {
    for (let seed = 0; seed < 40; seed++) {
      const rows = gradients(seed, 2, 4)();
      for (const tau of [0, 0.02, 0.5, 1]) {
        const { direction, certificate } = answer(rows, { tau });
        expect(relativeError(direction, closedForm(rows, tau))).toBeLessThan(1e-12);
        expect(certificate!.solved).toBe(true);
        expect(length(direction)).toBeCloseTo(length(rows[0]!), 12);
      }
    }
  });

  test('secondary gradients that agree enough change nothing', () => {
    expect(
      answer([
        [1, 1],
        [0, 3],
      ]).direction,
    ).toEqual([1, 1]);
  });
});

test('one level, or secondaries that are zero: the primary gradient', () => {
  expect(combineVectors(pcd(), [0, 0], conflicting).direction).toEqual([2, 2, 2]);
  expect(answer([...conflicting.slice(0, 1), [0, 0, 0]]).direction).toEqual(conflicting[0]);
});

describe('on every matrix of the bank', () => {
  test('the optimality conditions hold on explicit vectors, or the demands contradict each other', () => {
    let [solved, opposed] = [0, 0];
    for (const { name, rows } of matrixBank()) {
      const primary = rows[0]!;
      for (const tau of [0, 0.02, 0.3]) {
        const { direction, coefficients, certificate } = answer(rows, { tau });
        if (length(primary) === 0) {
          expect(length(direction), name).toBe(0);
          continue;
        }
        if (!certificate!.solved) {
          expect(direction, name).toEqual(primary);
          expect(certificate!.note, name).toMatch(/^The secondary gradients are opposed/);
          opposed++;
          continue;
        }
        if (length(direction) === 0) {
          // Only without demands, and if the primary gradient is in the cone against the others.
          expect(tau, name).toBe(0);
          continue;
        }
        solved++;
        if (coefficients[0] === 0) {
          // The primary gradient is in the span of the active ones, which then have equal products.
          const products = rows.flatMap((row, i) =>
            i > 0 && length(row) > 0 ? [dot(row, direction) / length(row)] : [],
          );
          const active = products.filter((_, k) => coefficients[k + 1] !== 0);
          for (const product of products) {
            expect(product, name).toBeGreaterThanOrEqual(Math.max(...active) - 1e-7 * length(direction));
          }
          expect(Math.min(...active), name).toBeGreaterThan(0);
          continue;
        }
        // d is a positive multiple of d̃ = g̃₀ + Σ z g̃, which is recovered from the coefficient of g₀.
        const factor = coefficients[0]! * length(primary);
        const nearest = times(1 / factor, direction);
        const size = rows.reduce((s, row, i) => s + Math.abs(coefficients[i]! / factor) * length(row), 0);
        for (const [i, row] of rows.entries()) {
          if (i === 0 || length(row) === 0) continue;
          const slack = dot(row, nearest) / length(row) - tau;
          const multiplier = coefficients[i]! / factor;
          expect(multiplier, name).toBeGreaterThanOrEqual(0);
          expect(slack, `${name}, tau ${tau}`).toBeGreaterThanOrEqual(-1e-9 * size);
          if (multiplier > 0) expect(slack, `${name}, tau ${tau}`).toBeLessThanOrEqual(1e-9 * size);
        }
        expect(length(direction) / length(primary), name).toBeCloseTo(1, 6);
      }
    }
    expect(solved).toBeGreaterThan(200);
    expect(opposed).toBeGreaterThan(20);
  });
});

test('published values: TorchJD 0.18 on the same rows', () => {
  const close = (given: Vector, expected: Vector) => {
    for (const [i, x] of expected.entries()) expect(given[i]).toBeCloseTo(x, 13);
  };
  const peer = { epsilon: 1e-8 };
  close(answer(conflicting, peer).direction, [-0.8200327513214072, 2.9434288072552595, 2.9434288072552595]);
  close(
    answer(conflicting, { tau: 0.5 }).direction,
    [2.0889000244001092, 2.611177578034595, 2.611177578034595],
  );
  const rows = [
    [1, 0, 0],
    [-1, 1, 0],
    [-1, -1, 1],
  ];
  const next = rows.map((row) => times(2, row.toReversed()));
  const options = { tau: [0.1, 0.3], beta: 0.5 };
  const expected = [
    [-0.14959222381730886, 0.12426905493527474, 0.9809074209928714],
    [1.961814841985742, 0.24853810987054903, -0.2991844476346164],
  ];
  close(combineVectors(pcd(options), [0, 1, 2], rows).direction, expected[0]!);
  close(combineVectors(pcd(options), [0, 1, 2], rows, next).direction, expected[1]!);
});

describe('averages of squared lengths', () => {
  test('v ← β v + (1 − β) ‖g‖², divided by 1 − βⁿ; an absent level keeps its own', () => {
    const [beta, epsilon, tau] = [0.7, 0.3, 0.4];
    const engine = createVectorEngine({
      combiner: pcd({ beta, epsilon, tau }),
      objectives: withPriorities(0, 1),
    });
    const v = [0, 0];
    const counts = [0, 0];
    const next = gradients<[Vector, Vector]>(4, 2, 5);
    for (const absent of [false, false, true, false, true, false]) {
      const rows = next().map((row) => times(3, row));
      const given = absent ? [rows[0]!, null] : rows;
      for (const [i, row] of given.entries()) {
        if (!row) continue;
        v[i] = beta * v[i]! + (1 - beta) * dot(row, row);
        counts[i]!++;
      }
      const scale = v.map((x, i) => 1 / Math.sqrt(x / (1 - beta ** counts[i]!) + epsilon));
      const [a, b] = rows.map((row, i) => times(scale[i]!, row)) as readonly Vector[] as Pair;
      const missing = absent ? 0 : Math.max(0, tau * dot(b, b) - dot(a, b)) / dot(b, b);
      const nearest = sum([1, a], [missing, b]);
      const { direction } = engine.step({ batches: [given] });
      expect(relativeError(direction, times(length(rows[0]!) / length(nearest), nearest))).toBeLessThan(
        1e-12,
      );
    }
  });

  test('scaling a secondary objective in all steps changes nothing; scaling all scales the direction', () => {
    expect(scaleError(pcd({ tau: 0.3 }), [0, 1, 1, 2])).toBeLessThan(1e-12);
    const steps = [1, 2, 3].map((seed) => gradients(seed, 3, 6)());
    const with_ = (factor: number) =>
      combineVectors(
        pcd({ tau: 0.3 }),
        [0, 1, 2],
        ...steps.map((rows) => rows.map((row, i) => (i === 1 ? times(factor, row) : row))),
      ).direction;
    for (const factor of [1e-10, 1e-3, 1e10])
      expect(relativeError(with_(factor), with_(1))).toBeLessThan(1e-11);
  });

  test('lengths whose squares are beyond float64 are averaged all the same', () => {
    const steps = [1, 2].map((seed) => gradients(seed, 2, 4)());
    const of = (scale: number) =>
      combineVectors(pcd(), [0, 1], ...steps.map((rows) => rows.map((row) => times(scale, row)))).direction;
    for (const scale of [2 ** 600, 2 ** -600])
      expect(relativeError(times(1 / scale, of(scale)), of(1))).toBeLessThan(1e-12);
  });
});

test('rows of equal priority act as their sum, and a primary that is absent gives no direction', () => {
  const [a, b, c, d] = gradients<[Vector, Vector, Vector, Vector]>(8, 4, 6)();
  const apart = combineVectors(pcd({ tau: 0.5 }), [0, 1, 0, 1], [a, b, c, d]).direction;
  expect(
    relativeError(apart, answer([sum([1, a], [1, c]), sum([1, b], [1, d])], { tau: 0.5 }).direction),
  ).toBeLessThan(1e-13);
  const without = combineVectors(pcd(), [0, 1], [null, b]);
  expect(without.direction).toEqual(b.map(() => 0));
});

test('opposed secondaries: the primary gradient, and the certificate says why', () => {
  const rows = [
    [1, 1, 0],
    [1, 0, 0],
    [-2, 0, 0],
  ];
  const { direction, certificate } = answer(rows);
  expect(direction).toEqual(rows[0]);
  expect(certificate).toMatchObject({
    solved: false,
    note: expect.stringMatching(/^The secondary gradients/),
  });
  // Without demands they only leave what is at right angles to both.
  expect(relativeError(answer(rows, { tau: 0 }).direction, [0, Math.SQRT2, 0])).toBeLessThan(1e-14);
  expect(answer(rows, { tau: [0.5, 0] }).certificate!.solved).toBe(false);
});

test('against its only secondary the primary gradient turns round, however small the demand', () => {
  for (const tau of [1, 1e-3, 1e-6, 1e-9, 1e-12]) {
    const rows = [
      [3, 1, 2],
      [-6, -2, -4],
    ];
    const { direction, certificate } = answer(rows, { tau });
    expect(certificate!.solved).toBe(true);
    expect(relativeError(direction, [-3, -1, -2])).toBeLessThan(1e-12);
  }
  // With a part outside of the span of the secondary, that part remains.
  const nearly = [
    [3, 1e-3, 0],
    [-1, 0, 0],
  ];
  const expected = [-1e-4 * Math.hypot(3, 1e-3), 1e-3, 0];
  const factor = Math.hypot(3, 1e-3) / Math.hypot(...expected);
  expect(relativeError(answer(nearly, { tau: 1e-4 }).direction, times(factor, expected))).toBeLessThan(1e-9);
});

test('behind float32 kernels nearly opposed secondaries are opposed', () => {
  const rows = [
    [0, 0, 1],
    [1, 0, 0],
    [-1, 1e-4, 0],
  ];
  const solvedAt = (precision: number) =>
    pcd().combine({
      gramian: SymmetricMatrix.gramian(rows),
      rows: rows.map((_, level) => ({ objective: `${level}`, level, batch: 0 })),
      setup: { rows: [], levels: 3 },
      losses: unit(3, 0),
      precision,
      step: 0,
      epoch: 0,
      random: () => 0,
      memory: rows.map(() => ({ length: 0, steps: 0 })),
    }).certificate!.solved;
  expect([solvedAt(1e-16), solvedAt(1e-7)]).toEqual([true, false]);
});

test.each([
  [{ tau: 1.5 }, 'pcd: option tau: it is 1.5, but must be <= 1'],
  [{ tau: [0.1, -1] }, 'pcd: option tau.1: it is -1, but must be >= 0'],
  [{ tau: 'much' as never }, 'pcd: option tau: Give a number from 0 to 1'],
  [{ beta: 1 }, 'pcd: option beta: '],
  [{ epsilon: -1 }, 'pcd: option epsilon: '],
])('%o is refused', (options, message) => {
  expect(() => pcd(options)).toThrow(message);
});

test('a list of the wrong length is refused with the number of levels', () => {
  expect(() => answer(conflicting, { tau: [0.1, 0.2] })).toThrow(
    'pcd: tau has 2 numbers, but the objectives have 2 levels of priority. Give 1,',
  );
});
