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
import { describe, expect, test } from 'vitest';
import { type BarrierOptions, type DynamicBarrierOptions, dynamicBarrier } from './dynamic-barrier.ts';
import { explicitAverages } from './testing/averages.ts';
import { scaleError } from './testing/scales.ts';

const combine = (options: DynamicBarrierOptions, ...steps: readonly (readonly (Vector | null)[])[]) =>
  combineVectors(dynamicBarrier(options), [0, 1], ...steps).direction;

test('max(1 − λ r, 0) g₀ + λ g₁, on pairs that conflict and pairs that agree, clipped and not', () => {
  const next = gradients<[Vector, Vector]>(1, 2, 4);
  const clipped = new Set<boolean>();
  for (let draw = 0; draw < 50; draw++) {
    const [main, auxiliary] = next();
    const lambda = 2 ** ((draw % 7) - 3);
    const r = dot(main, auxiliary) / dot(main, main);
    clipped.add(lambda * r > 1);
    const expected = sum([Math.max(1 - lambda * r, 0), main], [lambda, auxiliary]);
    expect(relativeError(combine({ lambda }, [main, auxiliary]), expected)).toBeLessThan(1e-13);
  }
  expect(clipped.size).toBe(2);
});

test('where the clip is inactive the main loss falls as if it were alone: ⟨d, g₀⟩ = ‖g₀‖²', () => {
  const rows = [
    [-4, 1, 1],
    [6, 1, 1],
  ];
  for (const lambda of [0.1, 1, 10]) {
    const { direction, coefficients } = combineVectors(dynamicBarrier({ lambda }), [0, 1], rows);
    expect(coefficients[0]).toBeCloseTo(1 + (11 * lambda) / 9, 12);
    expect(coefficients[1]).toBe(lambda);
    expect(dot(direction, rows[0]!)).toBeCloseTo(18, 11);
  }
});

test('the main loss falls at least as fast as alone, on every pair of the bank', () => {
  for (const { name, rows } of matrixBank()) {
    if (rows.length !== 2) continue;
    const [main, auxiliary] = rows as [Vector, Vector];
    for (const lambda of [0, 0.1, 1, 10]) {
      const direction = combine({ lambda }, rows);
      expect(direction.every(Number.isFinite), name).toBe(true);
      const expected = Math.max(dot(main, main), lambda * dot(main, auxiliary));
      const size = Math.hypot(...main) * (Math.hypot(...main) + lambda * Math.hypot(...auxiliary));
      expect(Math.abs(dot(direction, main) - expected), name).toBeLessThanOrEqual(1e-12 * size);
    }
  }
});

test('opposed losses: plain descent on the main one, whatever λ', () => {
  for (const lambda of [0.1, 1, 10]) {
    const opposed = [
      [1, 2],
      [-1, -2],
    ];
    expect(relativeError(combine({ lambda }, opposed), [1, 2])).toBeLessThan(1e-14);
  }
});

describe('with an average', () => {
  test('it is that of explicit vectors, in both orders, with levels absent now and then', () => {
    for (const update of ['after', 'before'] as const) {
      const [rho, lambda] = [0.3, 0.9];
      const average = explicitAverages(rho, update);
      const combiner = dynamicBarrier({ lambda, average: { rho, update } });
      const engine = createVectorEngine({ combiner, objectives: withPriorities(0, 1) });
      const next = gradients(4, 2, 6);
      for (const absent of [null, null, 1, null, 0, null, null]) {
        const rows = next().map((row, level) => (level === absent ? null : row));
        const barrier = average(rows)[0]!;
        const [main, auxiliary] = rows.map((row) => row ?? barrier.map(() => 0)) as [Vector, Vector];
        const square = dot(barrier, barrier);
        const r = square === 0 ? 0 : dot(auxiliary, barrier) / square;
        const expected = sum([1, main], [lambda, auxiliary], [-Math.min(lambda * r, 1), barrier]);
        expect(relativeError(engine.step({ batches: [rows] }).direction, expected)).toBeLessThan(1e-12);
      }
    }
  });

  test('of the newest gradient alone, taken before the projection, it changes nothing', () => {
    const next = gradients(5, 2, 6);
    const steps = [next(), next(), next()];
    const averaged = combine({ lambda: 2, average: { rho: 1, update: 'before' } }, ...steps);
    expect(relativeError(averaged, combine({ lambda: 2 }, steps[2]!))).toBeLessThan(1e-13);
  });
});

test('scaling all gradients scales the direction', () => {
  expect(scaleError(dynamicBarrier(), [0, 1])).toBeLessThan(1e-13);
  expect(scaleError(dynamicBarrier({ average: { rho: 0.3 } }), [0, 1])).toBeLessThan(1e-13);
});

test('the rows of a level act as their sum', () => {
  const [a, b, c] = gradients<[Vector, Vector, Vector]>(6, 3, 5)();
  const apart = combineVectors(dynamicBarrier(), [0, 1, 0], [a, b, c]).direction;
  expect(relativeError(apart, combine({}, [sum([1, a], [1, c]), b]))).toBeLessThan(1e-13);
});

test('one level alone: the main gradient, or λ times the auxiliary one', () => {
  expect(combine({ lambda: 3 }, [[1, 2], null])).toEqual([1, 2]);
  expect(combine({ lambda: 3 }, [null, [1, 2]])).toEqual([3, 6]);
});

test('anything but two levels is refused', () => {
  expect(() => combineVectors(dynamicBarrier(), [0, 1, 2], [[1], [1], [1]])).toThrow(
    'dynamic-barrier weighs two levels of priority against each other, but the objectives have 3 levels. Give',
  );
  expect(() => combineVectors(dynamicBarrier(), [0], [[1]])).toThrow('have 1 level. Give');
});

test('wrong options are refused', () => {
  expect(() => dynamicBarrier({ lambda: -1 })).toThrow('dynamic-barrier: option lambda: ');
  expect(() => dynamicBarrier({ average: { rho: 0 } })).toThrow('dynamic-barrier: option average.rho: ');
});

describe('as first published', () => {
  const barrierOf = (rows: readonly Vector[], losses: readonly number[], barrier: BarrierOptions) => {
    const engine = createVectorEngine({
      combiner: dynamicBarrier({ barrier }),
      objectives: withPriorities(0, 1),
    });
    return engine.step({ batches: [rows], losses }).direction;
  };

  test('g₁ + max((φ − ⟨g₁, g₀⟩) / ‖g₀‖², 0) g₀ with φ = min(α (L₀ − L̂), β ‖g₀‖²), in all cases', () => {
    const next = gradients<[Vector, Vector]>(2, 2, 4);
    const cases = new Set<string>();
    for (let draw = 0; draw < 200; draw++) {
      const [main, auxiliary] = next();
      const [alpha, beta] = [2 ** ((draw % 5) - 2), 2 ** ((draw % 3) - 1)];
      const [loss, lowest] = [1 + (draw % 4), -0.5 * (draw % 2)];
      const phi = Math.min(alpha * (loss - lowest), beta * dot(main, main));
      const share = Math.max((phi - dot(auxiliary, main)) / dot(main, main), 0);
      cases.add(`${phi === beta * dot(main, main)} ${share > 0}`);
      const direction = barrierOf([main, auxiliary], [loss, -7], { alpha, beta, lowest });
      expect(relativeError(direction, sum([1, auxiliary], [share, main]))).toBeLessThan(1e-13);
      // The main loss falls at least at the rate φ.
      expect(dot(direction, main)).toBeGreaterThanOrEqual(phi - 1e-12);
    }
    expect(cases.size).toBe(4);
  });

  test('with β alone it is the direction with λ = 1: the barrier ‖g₀‖²', () => {
    const next = gradients<[Vector, Vector]>(3, 2, 4);
    for (let draw = 0; draw < 20; draw++) {
      const rows = next();
      const direction = barrierOf(rows, [1e9, 1], {});
      expect(relativeError(direction, combine({}, rows))).toBeLessThan(1e-13);
    }
  });

  test('scaling losses and gradients of the main objective changes nothing while α rules', () => {
    const [main, auxiliary] = gradients<[Vector, Vector]>(4, 2, 4)();
    const at = (scale: number) =>
      barrierOf([main.map((x) => x * scale), auxiliary], [2 * scale, 1], { alpha: 1 / scale, beta: 1e300 });
    // φ stays, and so does what of the auxiliary gradient is along the main one: d scales by the share alone.
    for (const scale of [1e-10, 1e-3, 1e10]) {
      const share = Math.max((2 - scale * dot(auxiliary, main)) / (scale ** 2 * dot(main, main)), 0);
      expect(relativeError(at(scale), sum([1, auxiliary], [share * scale, main]))).toBeLessThan(1e-12);
    }
  });

  test('a main gradient that is zero or absent, and an auxiliary one that is absent', () => {
    const engine = createVectorEngine({
      combiner: dynamicBarrier({ barrier: {} }),
      objectives: withPriorities(0, 1),
    });
    const at = (rows: readonly (Vector | null)[]) =>
      engine.step({ batches: [rows], losses: [1, 1] }).direction;
    expect(
      at([
        [0, 0],
        [1, 2],
      ]),
    ).toEqual([1, 2]);
    expect(at([null, [1, 2]])).toEqual([1, 2]);
    expect(at([[1, 0], null])).toEqual([1, 0]);
    expect(at([[2, 0], null])).toEqual([0.5, 0]);
  });

  test('a main loss below its bound, and options that do not go together, are refused', () => {
    expect(() => barrierOf([[1], [1]], [-1, 0], {})).toThrow(
      'dynamic-barrier: the main loss is -1, below barrier.lowest, which is 0.',
    );
    for (const other of [{ lambda: 1 }, { average: {} }]) {
      expect(() => dynamicBarrier({ ...other, barrier: {} })).toThrow(
        'dynamic-barrier: option barrier: There is no barrier with lambda or average',
      );
    }
    expect(() => dynamicBarrier({ barrier: { alpha: -1 } })).toThrow('option barrier.alpha: ');
  });
});
