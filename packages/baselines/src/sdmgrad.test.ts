import { createVectorEngine } from '@scalpel/core';
import {
  combineVectors,
  dot,
  gradients,
  matrixBank,
  relativeError,
  sum,
  withPriorities,
} from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { mgda } from './mgda.ts';
import { type SdmgradOptions, sdmgrad } from './sdmgrad.ts';
import { ExplicitWeights } from './testing/simplex-steps.ts';

const zeros = (count: number) => new Array<number>(count).fill(0);

function engineFor(options: SdmgradOptions, count: number) {
  return createVectorEngine({ combiner: sdmgrad(options), objectives: withPriorities(...zeros(count)) });
}

test('weights and direction are those of explicit vectors, with objectives absent from some batches', () => {
  for (const options of [
    { lambda: 0.3, rate: 5, iterations: 20, regularization: 0 },
    { lambda: 0, rate: 0.5, iterations: 7, regularization: 0.01 },
    { lambda: 2, rate: 0.1, iterations: 1, regularization: 0 },
  ]) {
    const { lambda, rate, iterations, regularization } = options;
    const engine = engineFor(options, 3);
    const next = gradients(1, 3, 5);
    const weights = new ExplicitWeights(3);
    const nobody: readonly (readonly number[])[] = [[], [], []];
    for (const absent of [nobody, nobody, [[1], [], []], nobody, [[], [0], [2]], nobody]) {
      const given = [0, 1, 2].map((batch) =>
        next().map((row, i) => (absent[batch]!.includes(i) ? null : row)),
      );
      const present = [0, 1, 2].filter((i) => given.every((rows) => rows[i] !== null));
      const row = (batch: number, i: number) => given[batch]![i]!;
      const squares = present.map((i) => Math.max(0, dot(row(0, i), row(1, i))));
      const scale =
        (squares.reduce((total, x) => total + Math.sqrt(x), 0) / present.length) ** 2 + regularization;
      const drawn = (w: readonly number[]) => w.map((x) => x + lambda / present.length);
      let velocity = zeros(present.length);
      let used = weights.of(present);
      for (let iteration = 0; iteration < iterations; iteration++) {
        const pulled = drawn(used);
        const second = sum(...present.map((i, k) => [pulled[k]!, row(1, i)] as const));
        velocity = velocity.map((v, k) => 0.5 * v + dot(row(0, present[k]!), second) / scale);
        used = weights.project(
          present,
          used.map((w, k) => w - rate * velocity[k]!),
        );
      }
      const final = drawn(used);
      const expected = sum(...present.map((i, k) => [final[k]! / (1 + lambda), row(2, i)] as const));
      const { direction } = engine.step({ batches: given });
      expect(relativeError(direction, expected)).toBeLessThan(1e-11);
    }
  }
});

test('without noise and pull it finds the weights of MGDA', () => {
  for (const { name, rows, stationary } of matrixBank()) {
    if (!name.endsWith('× 1') || stationary !== 'none' || rows.length > 3) continue;
    const engine = engineFor({ lambda: 0, rate: 0.1, iterations: 10_000 }, rows.length);
    const { direction } = engine.step({ batches: [rows, rows, rows] });
    const expected = combineVectors(mgda(), zeros(rows.length), rows).direction;
    expect(relativeError(direction, expected), name).toBeLessThan(1e-6);
  }
});

test('a strong pull gives the mean', () => {
  const rows = gradients(2, 4, 6)();
  const { direction } = engineFor({ lambda: 1e12 }, 4).step({ batches: [rows, rows, rows] });
  expect(relativeError(direction, sum(...rows.map((row) => [1 / 4, row] as const)))).toBeLessThan(1e-10);
});

test('scaling all gradients scales the direction', () => {
  const next = gradients(3, 3, 5);
  const draws = [next(), next(), next()];
  const at = (scale: number) => {
    const batches = draws.map((rows) => rows.map((row) => row.map((x) => x * scale)));
    return engineFor({}, 3)
      .step({ batches })
      .direction.map((x) => x / scale);
  };
  for (const scale of [1e-10, 1e-5, 1e5, 1e10]) expect(relativeError(at(scale), at(1))).toBeLessThan(1e-9);
});

test('batches that agree on no objective: the weights go to a corner, and everything is finite', () => {
  const [a, b] = [
    [1e-8, 2e-8],
    [3e-8, -1e-8],
  ];
  const opposed = [a!, b!].map((row) => row.map((x) => -x));
  const { coefficients } = engineFor({ lambda: 0 }, 2).step({ batches: [[a!, b!], opposed, [a!, b!]] });
  expect([...coefficients.slice(4)].sort()).toEqual([0, 1]);
  const none = [zeros(2), zeros(2)];
  const zero = engineFor({}, 2).step({ batches: [none, none, [a!, b!]] });
  expect(relativeError(zero.direction, sum([1 / 2, a!], [1 / 2, b!]))).toBeLessThan(1e-14);
});
