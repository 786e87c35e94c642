import { createVectorEngine } from '@scalpel/core';
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
import { expect, test } from 'vitest';
import { type GradvacOptions, gradvac } from './gradvac.ts';
import { pcgrad } from './pcgrad.ts';
import { scaleError } from './testing/scales.ts';

const cosine = (u: Vector, v: Vector) => dot(u, v) / Math.hypot(...u) / Math.hypot(...v);

const ascending = (count: number) =>
  Array.from({ length: count }, (_, i) => [...Array(count).keys()].filter((j) => j !== i));

/**
 * Algorithm 1 on explicit vectors, with angles: c becomes the vector at the wanted angle to g, in the plane
 * of both.
 */
function explicit(beta: number, initial = 0) {
  const targets = new Map<string, number>();
  return (rows: readonly (Vector | null)[], order: readonly (readonly number[])[]): number[] => {
    const parts = rows.flatMap((row, i) => {
      if (!row) return [];
      let part = row;
      for (const j of order[i]!) {
        const other = rows[j];
        if (!other) continue;
        const target = targets.get(`${i} ${j}`) ?? initial;
        const phi = cosine(part, other);
        if (phi < target) {
          // Law of sines in the triangle of c, the multiple of g, and their sum.
          const [from, to] = [Math.acos(phi), Math.acos(target)];
          const multiple = (Math.hypot(...part) * Math.sin(from - to)) / Math.sin(to);
          part = sum([1, part], [multiple / Math.hypot(...other), other]);
          expect(cosine(part, other)).toBeCloseTo(target, 10);
        }
        targets.set(`${i} ${j}`, (1 - beta) * target + beta * phi);
      }
      return [[1, part] as const];
    });
    return sum(...parts);
  };
}

const engineOf = (options: GradvacOptions, count: number, seed = 0) =>
  createVectorEngine({
    combiner: gradvac(options),
    objectives: withPriorities(...Array.from({ length: count }, () => 0)),
    seed,
  });

test('it is that of explicit vectors, with targets that move, in any given order', () => {
  for (const count of [2, 3, 5, 40]) {
    for (const [beta, initial] of [
      [0.5, 0],
      [0.01, 0],
      [1, 0],
      [0.2, 0.4],
      [0.5, -0.5],
    ] as const) {
      const order = ascending(count).map((others) => [...others.slice(1), others[0]!]);
      const engine = engineOf({ beta, initial, order }, count);
      const oracle = explicit(beta, initial);
      const next = gradients(count, count, 6);
      for (let step = 0; step < 12; step++) {
        const rows: (Vector | null)[] = next();
        // Objectives are sometimes absent, and their targets stay.
        if (step % 4 === 3) rows[step % count] = null;
        const expected = oracle(rows, order);
        expect(relativeError(engine.step({ batches: [rows] }).direction, expected)).toBeLessThan(1e-10);
      }
    }
  }
});

test('golden values: the first step is PCGrad', () => {
  const { coefficients } = combineVectors(
    gradvac(),
    [0, 0],
    [
      [-4, 1, 1],
      [6, 1, 1],
    ],
  );
  for (const [i, x] of [20 / 9, 30 / 19].entries()) expect(coefficients[i]).toBeCloseTo(x, 12);
});

test('the first step is PCGrad on every matrix of the bank, and every step is where targets do not move', () => {
  for (const { name, rows } of matrixBank()) {
    const objectives = withPriorities(...rows.map(() => 0));
    const vaccine = createVectorEngine({ combiner: gradvac({ beta: 0 }), objectives, seed: 2 });
    const surgery = createVectorEngine({ combiner: pcgrad(), objectives, seed: 2 });
    for (let step = 0; step < 2; step++) {
      const [actual, expected] = [vaccine, surgery].map((engine) => engine.step({ batches: [rows] }));
      const size = expected!.coefficients.reduce((s, c, i) => s + Math.abs(c) * Math.hypot(...rows[i]!), 0);
      const error = Math.hypot(...sum([1, actual!.direction], [-1, expected!.direction]));
      expect(error, name).toBeLessThanOrEqual(1e-12 * size);
    }
  }
});

test('a pair that is below its target is brought to it', () => {
  for (const initial of [-0.5, 0, 0.5, 0.99]) {
    const rows = [
      [1, 0.2],
      [-1, 0.7],
    ] as const;
    expect(cosine(...rows)).toBeLessThan(initial);
    const { coefficients } = combineVectors(gradvac({ initial }), [0, 0], rows);
    // Each coefficient is 1 and what the other's part has taken of the row.
    expect(cosine(sum([1, rows[0]], [coefficients[1]! - 1, rows[1]]), rows[1])).toBeCloseTo(initial, 12);
    expect(cosine(sum([1, rows[1]], [coefficients[0]! - 1, rows[0]]), rows[0])).toBeCloseTo(initial, 12);
  }
});

test('after parallel gradients for a long time, conflicting ones have a finite answer, at any scale', () => {
  for (const scale of [1e-10, 1, 1e10]) {
    const engine = engineOf({}, 3);
    const parallel = [
      [1, 2],
      [2, 4],
      [3, 6],
    ].map((row) => row.map((x) => x * scale));
    for (let step = 0; step < 100; step++) engine.step({ batches: [parallel] });
    const { direction } = engine.step({
      batches: [
        [
          [scale, 0],
          [-scale, 0.1 * scale],
          [0, scale],
        ],
      ],
    });
    expect(direction.every(Number.isFinite)).toBe(true);
  }
});

test('gradients that stay parallel or opposed meet targets of 1 and -1: rounding of their cosines takes nothing from them', () => {
  for (const [sign, initial] of [
    [1, 0],
    [-1, -1],
  ] as const) {
    for (let seed = 0; seed < 20; seed++) {
      const engine = engineOf({ order: 'ascending', beta: 1, initial }, 2);
      const next = gradients(seed, 1, 5);
      for (let step = 0; step < 20; step++) {
        const row = next()[0]!;
        const other = row.map((x) => 0.3 * sign * x);
        const { direction } = engine.step({ batches: [[row, other]] });
        expect(relativeError(direction, sum([1, row], [1, other]))).toBeLessThan(1e-14);
      }
    }
  }
});

test('zero gradients are passed over, and do not move the targets', () => {
  const [with0, without] = [engineOf({ order: 'ascending' }, 2), engineOf({ order: 'ascending' }, 2)];
  const rows = [
    [1, 0],
    [-1, 1],
  ];
  for (const engine of [with0, without]) engine.step({ batches: [rows] });
  expect(
    with0.step({
      batches: [
        [
          [0, 0],
          [3, 1],
        ],
      ],
    }).direction,
  ).toEqual([3, 1]);
  expect(with0.step({ batches: [rows] })).toEqual(without.step({ batches: [rows] }));
});

test('random order: another one each step, the same for the same seed', () => {
  const rows = gradients(8, 4, 3)();
  const run = (seed: number) => {
    const engine = engineOf({ beta: 0 }, 4, seed);
    return Array.from({ length: 20 }, () => engine.step({ batches: [rows] }).direction.join());
  };
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
  expect(new Set(run(1)).size).toBeGreaterThan(2);
});

test('scaling all gradients scales the direction', () => {
  expect(scaleError(gradvac(), [0, 0, 0, 0])).toBeLessThan(1e-10);
});

test('what it refuses', () => {
  expect(() => gradvac({ beta: 1.5 })).toThrow(/^gradvac: option beta/);
  expect(() => gradvac({ initial: 1 })).toThrow(/^gradvac: option initial/);
  expect(() => combineVectors(gradvac({ order: [[1], [1]] }), [0, 0], [[1], [1]])).toThrow(
    /^gradvac: order has \[1\] for objective 1\. Give one list per objective/,
  );
});
