import { createVectorEngine } from '@scalpel/core';
import { gradients, project, relativeError, sum, type Vector, withPriorities } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { bloop } from './bloop.ts';
import { type BloopAverageOptions, bloopAverage } from './bloop-average.ts';

const engineOf = (options: BloopAverageOptions) =>
  createVectorEngine({ combiner: bloopAverage(options), objectives: withPriorities(0, 1) });

/** Steps of two gradients each. */
function stepsOf(count: number): readonly (readonly [Vector, Vector])[] {
  const next = gradients(5, 2, 10);
  return Array.from({ length: count }, () => next() as unknown as readonly [Vector, Vector]);
}

describe('the direction is that of explicit vectors', () => {
  test('all: projected on the mean of the first gradients before this one', () => {
    const engine = engineOf({ average: 'all', lambda: 0.7 });
    const steps = stepsOf(8);
    for (const [index, [main, auxiliary]] of steps.entries()) {
      const before = steps.slice(0, index).map(([own]): [number, Vector] => [1 / index, own]);
      const projected = index === 0 ? auxiliary : project(auxiliary, sum(...before));
      const { direction } = engine.step({ batches: [[main, auxiliary]] });
      expect(relativeError(direction, sum([1, main], [0.7, projected]))).toBeLessThan(1e-12);
    }
  });

  test('directions: projected on the moving average of its own answers', () => {
    const engine = engineOf({ average: 'directions', lambda: 0.7, rho: 0.3 });
    let average: Vector | null = null;
    for (const [main, auxiliary] of stepsOf(8)) {
      const projected: Vector = average ? project(auxiliary, average) : auxiliary;
      const expected = sum([1, main], [0.7, projected]);
      const { direction } = engine.step({ batches: [[main, auxiliary]] });
      expect(relativeError(direction, expected)).toBeLessThan(1e-12);
      average = average ? sum([0.7, average], [0.3, expected]) : sum([0.3, expected]);
    }
  });

  test('batches: of the last batch, projected on the mean of the first gradient on the others', () => {
    const engine = engineOf({ average: 'batches', lambda: 0.7 });
    const [first, second, [main, auxiliary]] = stepsOf(3) as [
      readonly [Vector, Vector],
      readonly [Vector, Vector],
      readonly [Vector, Vector],
    ];
    const { direction } = engine.step({ batches: [first, second, [main, auxiliary]] });
    const mean = sum([0.5, first[0]], [0.5, second[0]]);
    expect(relativeError(direction, sum([1, main], [0.7, project(auxiliary, mean)]))).toBeLessThan(1e-12);
  });
});

test('the buffer of a momentum on the first gradient, e ← β e + g, is the moving average with ρ = 1 − β to a projection', () => {
  const beta = 0.9;
  const engine = createVectorEngine({
    combiner: bloop({ rho: 1 - beta }),
    objectives: withPriorities(0, 1),
  });
  let buffer: Vector | null = null;
  for (const [main, auxiliary] of stepsOf(20)) {
    const projected: Vector = buffer ? project(auxiliary, buffer) : auxiliary;
    const { direction } = engine.step({ batches: [[main, auxiliary]] });
    expect(relativeError(direction, sum([1, main], [1, projected]))).toBeLessThan(1e-12);
    buffer = buffer ? sum([beta, buffer], [1, main]) : main;
  }
});

test('while the first level is absent, its average stays', () => {
  for (const average of ['all', 'directions'] as const) {
    const [one, two] = [engineOf({ average }), engineOf({ average })];
    const [first, second, third] = stepsOf(3) as [
      readonly [Vector, Vector],
      readonly [Vector, Vector],
      readonly [Vector, Vector],
    ];
    one.step({ batches: [first] });
    two.step({ batches: [first] });
    one.step({ batches: [[null, second[1]]] });
    expect(one.step({ batches: [third] }).direction).toEqual(two.step({ batches: [third] }).direction);
  }
});

test('is for two levels', () => {
  const three = () => createVectorEngine({ combiner: bloopAverage(), objectives: withPriorities(0, 1, 2) });
  expect(three).toThrow('bloop-average is for two levels of priority, but the objectives have 3.');
});
