import { createVectorEngine, randomFrom } from '@scalpel/core';
import {
  combineVectors,
  dot,
  gradients,
  matrixBank,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { type EpoOptions, epo } from './epo.ts';
import { mgda } from './mgda.ts';
import { programFor } from './testing/epo-oracle.ts';
import { vertices } from './testing/vertices.ts';

const combine = (options: EpoOptions, rows: readonly (Vector | null)[], losses: Vector) =>
  createVectorEngine({ combiner: epo(options), objectives: withPriorities(...rows.map(() => 0)) }).step({
    batches: [rows],
    losses,
  });

const STATIONARY = /Pareto-stationary/;
const UNBALANCED = /^No descent keeps the balance/;

/** Σ |terms| of a product. Its rounding error is relative to this sum. */
const sizeOf = (a: Vector, b: Vector) => a.reduce((total, x, i) => total + Math.abs(x * b[i]!), 0);

describe.each(['balance', 'descend', 'relaxed'] as const)('the move: %s', (move) => {
  const relaxed = move === 'relaxed';

  test('on every matrix of the bank the weights are feasible, and no vertex is better', () => {
    const random = randomFrom(1);
    const seen = { exact: 0, unbalanced: 0 };
    for (const { name, rows } of matrixBank()) {
      if (rows.length > 5) continue;
      const spread = move === 'balance' ? 3 : 0.005;
      const losses = rows.map(() => 1 + spread * random());
      const preference = rows.map(() => (move === 'balance' ? 0.5 + random() : 1));
      // A single objective is always balanced.
      const actual = rows.length === 1 && move === 'balance' ? 'descend' : move;
      const { coefficients, certificate } = combine({ relaxed, preference }, rows, losses);
      expect(Math.min(...coefficients), name).toBeGreaterThanOrEqual(0);
      expect(
        coefficients.reduce((a, b) => a + b),
        name,
      ).toBeCloseTo(1, 12);
      const { goal, inequalities } = programFor(rows, losses, preference, actual);
      const found = vertices(inequalities, [{ row: rows.map(() => 1), least: 1 }]);
      if (UNBALANCED.test(certificate!.note ?? '')) {
        expect(certificate!.solved, name).toBe(false);
        expect(found, name).toEqual([]);
        expect(coefficients, name).toEqual(combine({ relaxed: true, preference }, rows, losses).coefficients);
        seen.unbalanced++;
        continue;
      }
      seen.exact++;
      expect(certificate!.solved, name).toBe(true);
      for (const { row, least } of inequalities) {
        const slack = dot(row, coefficients) - least;
        expect(slack, name).toBeGreaterThanOrEqual(-1e-11 * (sizeOf(row, coefficients) + Math.abs(least)));
      }
      const best = Math.max(...found.map((vertex) => dot(goal, vertex)));
      expect(best - dot(goal, coefficients), name).toBeLessThanOrEqual(1e-10 * sizeOf(goal, coefficients));
    }
    expect(seen.exact).toBeGreaterThan(200);
    expect(seen.unbalanced > 0).toBe(move === 'descend');
  });
});

test('the certificate holds for more objectives than can be enumerated, at badly different scales', () => {
  const random = randomFrom(2);
  for (const count of [8, 16]) {
    for (let draw = 0; draw < 10; draw++) {
      const rows = gradients(draw, count, count + (draw % 3) - 1)().map((row) => {
        const scale = 10 ** (7 * random() - 3);
        return row.map((x) => x * scale);
      });
      const balance = combine(
        {},
        rows,
        rows.map(() => 0.1 + random()),
      );
      const descend = combine(
        { relaxed: true },
        rows,
        rows.map(() => 1),
      );
      for (const { certificate } of [balance, descend]) {
        expect(certificate!.solved).toBe(true);
        expect(certificate!.residual).toBeLessThan(1e-10);
      }
    }
  }
});

test('balanced losses of many objectives: it descends in all of them at least as fast as the shortest convex combination', () => {
  for (const count of [12, 40, 80]) {
    // At the origin every row is at its bound.
    const rows = gradients(count, count, count + 16)();
    const equal = rows.map(() => 1);
    const { coefficients, direction, certificate } = combine({}, rows, equal);
    expect(certificate).toMatchObject({ solved: true });
    expect(certificate!.note).toBeUndefined();
    expect(coefficients.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    for (const row of rows) expect(dot(row, direction)).toBeGreaterThan(-1e-11 * Math.hypot(...row) ** 2);
    const shortest = combineVectors(mgda(), equal, rows).direction;
    const rate = (d: Vector) => rows.reduce((total, row) => total + dot(row, d), 0);
    expect(rate(direction)).toBeGreaterThan(rate(shortest) - 1e-9);
  }
});

test('golden value: two orthogonal gradients, by hand', () => {
  // Of two losses, 3 and 1, the larger one is to fall: (Ga) = (a₁, a₂) with a₁ > 0 > a₂, so all weight goes
  // to the first.
  expect(
    combine(
      {},
      [
        [1, 0],
        [0, 1],
      ],
      [3, 1],
    ).coefficients,
  ).toEqual([1, 0]);
  expect(
    combine(
      { preference: [1, 6] },
      [
        [1, 0],
        [0, 1],
      ],
      [3, 1],
    ).coefficients,
  ).toEqual([0, 1]);
  // Balanced: the most that both can fall together is what the longer one can.
  expect(
    combine(
      {},
      [
        [2, 0],
        [0, 1],
      ],
      [1, 1],
    ).coefficients,
  ).toEqual([1, 0]);
  expect(
    combine(
      { preference: [1, 3] },
      [
        [2, 0],
        [0, 1],
      ],
      [3, 1],
    ).coefficients,
  ).toEqual([1, 0]);
});

test('where the losses may rise: it balances by controlled ascent', () => {
  const { coefficients, direction } = combine(
    {},
    [
      [1, 0],
      [-1, 1e-3],
    ],
    [4, 1],
  );
  expect(coefficients).toEqual([1, 0]);
  expect(dot([-1, 1e-3], direction)).toBeLessThan(0);
});

test('epsilon parts the moves', () => {
  const [rows, losses] = [
    [
      [2, 0],
      [0, 1],
    ],
    [1, 2],
  ];
  // μ = (1/3) log(2/3) + (2/3) log(4/3) = 0.0566.
  expect(combine({ epsilon: 0.056 }, rows, losses).coefficients).toEqual([0, 1]);
  expect(combine({ epsilon: 0.057, relaxed: true }, rows, losses).coefficients).toEqual([1, 0]);
});

test('it finds the Pareto optimum with the losses in the proportions asked for', () => {
  // Two spheres: the front is √L₁ + √L₂ = 1 on the segment between their centres.
  for (const preference of [
    [1, 1],
    [1, 4],
    [5, 1],
  ]) {
    const engine = createVectorEngine({ combiner: epo({ preference }), objectives: withPriorities(0, 0) });
    let point = [0.2, 0.7];
    for (let step = 0; step < 2000; step++) {
      const [x, y] = point as [number, number];
      const losses = [x ** 2 + y ** 2, (x - 1) ** 2 + y ** 2];
      const { direction } = engine.step({
        batches: [
          [
            [2 * x, 2 * y],
            [2 * (x - 1), 2 * y],
          ],
        ],
        losses,
      });
      point = sum([1, point], [-0.02 / (1 + step / 200), direction]);
    }
    const [x, y] = point as [number, number];
    expect(Math.abs(y)).toBeLessThan(0.01);
    expect((preference[0]! * x ** 2) / (preference[1]! * (1 - x) ** 2)).toBeCloseTo(1, 1);
  }
});

test('Pareto-stationary points are named', () => {
  const { direction, certificate } = combine(
    {},
    [
      [1, -2],
      [-1, 2],
    ],
    [1, 1],
  );
  expect(Math.hypot(...direction)).toBeLessThan(1e-14);
  expect(certificate).toMatchObject({ solved: true, note: expect.stringMatching(STATIONARY) });
});

test('the conventions: zero gradients and zero losses', () => {
  const zeros = combine(
    {},
    [
      [0, 0],
      [0, 0],
    ],
    [1, 2],
  );
  expect(zeros.coefficients).toEqual([0.5, 0.5]);
  expect(zeros.certificate!.note).toMatch(STATIONARY);
  // The zero row takes what helps nobody.
  expect(
    combine(
      {},
      [
        [0, 0],
        [3, 4],
        [0, 0],
      ],
      [1, 5, 1],
    ).coefficients,
  ).toEqual([0, 1, 0]);
  expect(
    combine(
      {},
      [
        [0, 0],
        [3, 4],
        [0, 0],
      ],
      [5, 0.1, 5],
    ).coefficients,
  ).toEqual([0.5, 0, 0.5]);
  expect(
    combine(
      {},
      [
        [1, 0],
        [0, 1],
      ],
      [0, 0],
    ).coefficients,
  ).toEqual(
    combine(
      {},
      [
        [1, 0],
        [0, 1],
      ],
      [1, 1],
    ).coefficients,
  );
  expect(
    combine(
      {},
      [
        [1, 0],
        [0, 1],
      ],
      [0, 1],
    ).coefficients,
  ).toEqual([0, 1]);
  expect(combine({}, [[3, 4]], [0]).direction).toEqual([3, 4]);
});

test('losses of 1e-300 and 1e300 are finite proportions', () => {
  for (const losses of [
    [1e-300, 1e300],
    [1e300, 1e300],
    [5e-324, 5e-324],
  ]) {
    const { coefficients } = combine(
      {},
      [
        [1, 0.5],
        [-0.5, 1],
      ],
      losses,
    );
    expect(coefficients.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
});

test('absent objectives are left out, with their preference', () => {
  const rows = gradients(4, 3, 4)();
  const preference = [1, 5, 2];
  const without = combine({ preference }, [rows[0]!, null, rows[2]!], [1, 9, 3]);
  const expected = combine({ preference: [1, 2] }, [rows[0]!, rows[2]!], [1, 3]);
  expect(without).toEqual(expected);
});

test('what it refuses, and what to do', () => {
  const rows = [
    [1, 0],
    [0, 1],
  ];
  expect(() => combine({}, rows, [1, -1])).toThrow(
    /^epo: the loss of "objective 1" is -1, but its proportions need losses >= 0\. Add a constant/,
  );
  expect(() => combine({ preference: [1, 2, 3] }, rows, [1, 1])).toThrow(
    /^epo: preference has 3 numbers for 2 objectives/,
  );
  expect(() => epo({ preference: [1, 0] })).toThrow(/^epo: option preference\.1/);
  expect(() => epo({ epsilon: -1 })).toThrow(/^epo: option epsilon/);
  expect(() => combineVectors(epo(), [0, 0], rows)).not.toThrow();
});
