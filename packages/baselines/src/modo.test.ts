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
import { mgda } from './mgda.ts';
import { type ModoOptions, modo } from './modo.ts';
import { ExplicitWeights } from './testing/simplex-steps.ts';

const zeros = (count: number) => new Array<number>(count).fill(0);

function engineFor(options: ModoOptions, count: number) {
  return createVectorEngine({ combiner: modo(options), objectives: withPriorities(...zeros(count)) });
}

test('weights and direction are those of explicit vectors, with objectives absent from some batches', () => {
  for (const options of [
    { gamma: 0.1, rho: 0.1, batches: 3 },
    { gamma: 0.5, rho: 0, batches: 3 },
    { gamma: 0.2, rho: 0.4, batches: 2 },
  ] as const) {
    const { gamma, rho, batches } = options;
    const engine = engineFor(options, 3);
    const next = gradients(1, 3, 5);
    const weights = new ExplicitWeights(3);
    const nobody: readonly (readonly number[])[] = [[], [], []];
    for (const absent of [nobody, nobody, [[1], [], []], nobody, [[], [0], [2]], [[2], [2], [2]], nobody]) {
      const given = Array.from({ length: batches }, (_, batch) =>
        next().map((row, i) => (absent[batch]!.includes(i) ? null : row)),
      );
      const present = [0, 1, 2].filter((i) => given.every((rows) => rows[i] !== null));
      const row = (batch: number, i: number) => given[batch]![i]!;
      const old = weights.of(present);
      const second = sum(...present.map((i, k) => [old[k]!, row(1, i)] as const));
      const used = weights.project(
        present,
        old.map((w, k) => w - gamma * (dot(row(0, present[k]!), second) + rho * w)),
      );
      const of = (batch: number) => sum(...present.map((i, k) => [used[k]!, row(batch, i)] as const));
      const expected = batches === 3 ? of(2) : sum([1 / 2, of(0)], [1 / 2, of(1)]);
      const { direction } = engine.step({ batches: given });
      expect(relativeError(direction, expected)).toBeLessThan(1e-13);
    }
  }
});

test('no objective in all batches: no direction, and the weights stay', () => {
  const engine = engineFor({ gamma: 0.1 }, 2);
  const [a, b] = gradients<[Vector, Vector]>(2, 2, 4)();
  const split = [
    [a, null],
    [null, b],
    [a, b],
  ];
  expect(engine.step({ batches: split }).direction).toEqual(zeros(4));
  const whole = [
    [a, b],
    [a, b],
    [a, b],
  ];
  const { direction } = engine.step({ batches: whole });
  expect(direction).toEqual(engineFor({ gamma: 0.1 }, 2).step({ batches: whole }).direction);
});

test('the weights are unbiased: their mean over all pairs of batches is the step on the mean gradients, unlike that with one batch twice', () => {
  const next = gradients<[Vector, Vector, Vector]>(3, 3, 5);
  const draws = Array.from({ length: 6 }, () => next());
  const means = [0, 1, 2].map((i) => sum(...draws.map((rows) => [1 / draws.length, rows[i]!] as const)));
  const options = { gamma: 1e-3, rho: 0 };
  const weightsAfter = (first: readonly Vector[], second: readonly Vector[]) =>
    engineFor(options, 3)
      .step({ batches: [first, second, means] })
      .coefficients.slice(6);
  const average = (all: readonly (readonly number[])[]) =>
    sum(...all.map((w) => [1 / all.length, w] as const));
  const expected = weightsAfter(means, means);
  const pairs = draws.flatMap((first) => draws.map((second) => weightsAfter(first, second)));
  expect(relativeError(average(pairs), expected)).toBeLessThan(1e-14);
  const twice = draws.map((rows) => weightsAfter(rows, rows));
  expect(relativeError(average(twice), expected)).toBeGreaterThan(1e-5);
});

test('without noise the weights become those of MGDA', () => {
  for (const { name, rows, stationary } of matrixBank()) {
    if (!name.endsWith('× 1') || stationary !== 'none' || rows.length > 3) continue;
    const engine = engineFor({ gamma: 0.03, rho: 0 }, rows.length);
    let direction: Vector = [];
    for (let step = 0; step < 3000; step++) {
      direction = engine.step({ batches: [rows, rows, rows] }).direction;
    }
    const expected = combineVectors(mgda(), zeros(rows.length), rows).direction;
    expect(relativeError(direction, expected), name).toBeLessThan(1e-6);
  }
});

test('as many batches as it asks for, or none', () => {
  expect(() => engineFor({}, 1).step({ batches: [[[1]], [[1]]] })).toThrow('takes 3 batch(es)');
  expect(() => modo({ batches: 4 as never })).toThrow('modo: option batches');
});
