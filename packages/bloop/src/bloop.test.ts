import { createVectorEngine, type GramianCombiner, SymmetricMatrix } from '@scalpel/core';
import {
  combineVectors,
  dot,
  gradients,
  project,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { bloop } from './bloop.ts';
import { explicitBloop } from './testing/explicit.ts';

const noAverage = { rho: 1, update: 'before' } as const;

/** The direction of the last step, with one objective per level. */
function directionOf(combiner: GramianCombiner, ...steps: readonly (readonly (Vector | null)[])[]): Vector {
  return combineVectors(combiner, [...steps[0]!.keys()], ...steps).direction;
}

describe('the direction is that of explicit vectors', () => {
  for (const update of ['after', 'before'] as const) {
    for (const initial of ['zeros', 'first'] as const) {
      for (const scale of [1e-6, 1, 1e6]) {
        test(`update ${update}, initial ${initial}, scale ${scale}, two to six levels`, () => {
          for (const levels of [2, 3, 4, 5, 6]) {
            const lambda = Array.from({ length: levels - 1 }, (_, k) => 2 / (k + 1));
            const options = { lambda, rho: 0.3, update, initial } as const;
            const oracle = explicitBloop(options);
            const objectives = withPriorities(...Array.from({ length: levels }, (_, level) => level));
            const engine = createVectorEngine({ combiner: bloop(options), objectives });
            const next = gradients(levels, levels, 20);
            for (let step = 0; step < 8; step++) {
              const rows = next().map((row) => row.map((x) => x * scale));
              const expected = oracle(rows);
              expect(relativeError(engine.step({ batches: [rows] }).direction, expected)).toBeLessThan(1e-9);
            }
          }
        });
      }
    }
  }

  test('with levels absent now and then, the first one too', () => {
    for (const update of ['after', 'before'] as const) {
      for (const initial of ['zeros', 'first'] as const) {
        const options = { lambda: [1, 0.5, 2], rho: 0.3, update, initial };
        const oracle = explicitBloop(options);
        const engine = createVectorEngine({
          combiner: bloop(options),
          objectives: withPriorities(0, 1, 2, 3),
        });
        const next = gradients(7, 4, 12);
        for (const absent of [[1], [0], [], [2], [0, 3], [1, 2], [], [0, 1, 2]]) {
          const rows = next().map((row, level) => (absent.includes(level) ? null : row));
          const expected = oracle(rows);
          expect(relativeError(engine.step({ batches: [rows] }).direction, expected)).toBeLessThan(1e-9);
        }
      }
    }
  });
});

describe('formulas', () => {
  const [main, second, third] = gradients<[Vector, Vector, Vector]>(1, 3, 10)();

  test('two levels, full batch: (1 − λr) g₀ + λ g₁ with r = ⟨g₁, g₀⟩ / ‖g₀‖²', () => {
    for (const lambda of [0, 0.1, 1, 10]) {
      const r = dot(second, main) / dot(main, main);
      const d = directionOf(bloop({ lambda, ...noAverage }), [main, second]);
      expect(relativeError(d, sum([1 - lambda * r, main], [lambda, second]))).toBeLessThan(1e-14);
    }
  });

  test('three levels, full batch: g₀ + λ₁ π(g₁; g₀) + λ₂ π(g₂; (g₀, g₁))', () => {
    const within = project(second, main);
    const expected = sum([1, main], [0.5, within], [2, project(project(third, main), within)]);
    const d = directionOf(bloop({ lambda: [0.5, 2], ...noAverage }), [main, second, third]);
    expect(relativeError(d, expected)).toBeLessThan(1e-11);
  });

  test('orthogonality: each level sees the direction that the levels above it and its own projection make', () => {
    const [l1, l2] = [0.7, 3];
    const d = directionOf(bloop({ lambda: [l1, l2], ...noAverage }), [main, second, third]);
    const within = project(second, main);
    expect(dot(d, main)).toBeCloseTo(dot(main, main), 11);
    expect(dot(d, second)).toBeCloseTo(dot(second, main) + l1 * dot(within, within), 11);
  });

  test('‖d‖² = ‖g₀‖² + λ² ‖π(g₁; g₀)‖²', () => {
    const d = directionOf(bloop({ lambda: 3, ...noAverage }), [main, second]);
    const within = project(second, main);
    expect(dot(d, d)).toBeCloseTo(dot(main, main) + 9 * dot(within, within), 11);
  });

  test('opposed losses: plain descent on the main one, whatever λ', () => {
    for (const lambda of [0.01, 1, 100]) {
      const opposed = main.map((x) => -x);
      const d = directionOf(bloop({ lambda, ...noAverage }), [main, opposed]);
      expect(relativeError(d, main)).toBeLessThan(1e-13);
    }
  });

  test('one level: the sum of its rows, and nothing is remembered', () => {
    const engine = createVectorEngine({ combiner: bloop(), objectives: withPriorities(0, 0, 0) });
    const { direction, coefficients } = engine.step({ batches: [[main, second, third]] });
    expect(relativeError(direction, sum([1, main], [1, second], [1, third]))).toBeLessThan(1e-14);
    expect(coefficients).toEqual([1, 1, 1]);
  });

  test('objectives of equal priority act as their sum', () => {
    const options = { lambda: [0.5, 2], rho: 0.3 };
    const apart = createVectorEngine({ combiner: bloop(options), objectives: withPriorities(0, 1, 0, 2, 1) });
    const together = createVectorEngine({ combiner: bloop(options), objectives: withPriorities(0, 1, 2) });
    const next = gradients<[Vector, Vector, Vector, Vector, Vector]>(3, 5, 10);
    for (let step = 0; step < 4; step++) {
      const [a, b, c, d, e] = next();
      const expected = together.step({ batches: [[sum([1, a], [1, c]), sum([1, b], [1, e]), d]] }).direction;
      const { direction } = apart.step({ batches: [[a, b, c, d, e]] });
      expect(relativeError(direction, expected)).toBeLessThan(1e-12);
    }
  });
});

describe('averages', () => {
  test('a step by hand: ρ = ½, e = (1, 0), g₀ = (0, 1), g₁ = (1, 1)', () => {
    const rows = [
      [0, 1],
      [1, 1],
      [1, 0],
    ];
    for (const [update, expected] of [
      ['after', [0, 2]],
      ['before', [0, 1]],
    ] as const) {
      const answer = bloop({ rho: 0.5, update }).combine({
        gramian: SymmetricMatrix.gramian(rows),
        rows: withPriorities(0, 1).map(({ name, priority }) => ({
          objective: name,
          level: priority,
          batch: 0,
        })),
        setup: { rows: [], levels: 2 },
        losses: [0, 0],
        precision: 1e-16,
        step: 1,
        epoch: 0,
        random: Math.random,
        memory: [true],
      });
      const combined = (c: readonly number[]) => sum(...rows.map((row, i) => [c[i]!, row] as const));
      expect(combined(answer.coefficients)).toEqual(expected);
      expect(answer.remember!.map(combined)).toEqual([[0.5, 0.5]]);
    }
  });

  const [main, second] = gradients<[Vector, Vector]>(5, 2, 6)();
  const simple = sum([1, main], [1, project(second, main)]);

  test('from zeros the first step is the mixed one after, the projected one before', () => {
    const mixed = sum([1, main], [1, second]);
    expect(relativeError(directionOf(bloop({ update: 'after' }), [main, second]), mixed)).toBe(0);
    const before = directionOf(bloop({ update: 'before' }), [main, second]);
    expect(relativeError(before, simple)).toBeLessThan(1e-13);
  });

  test('from the first gradient the first step is the projected one in both orders', () => {
    for (const update of ['after', 'before'] as const) {
      const d = directionOf(bloop({ update, initial: 'first' }), [main, second]);
      expect(relativeError(d, simple)).toBeLessThan(1e-13);
    }
  });

  test('given the average, the mean direction over all batches is g₀ + λ π(g₁; e), exactly so only after', () => {
    const samples = gradients(9, 2, 6);
    const data = Array.from({ length: 5 }, samples);
    const first = samples();
    const batches = data.flatMap((a, i) => data.slice(i + 1).map((b) => [a, b] as const));
    const mean = (row: number, of: readonly Vector[][]) =>
      sum(...of.map((m) => [1 / of.length, m[row]!] as const));
    const bias = (update: 'after' | 'before') => {
      const directions = batches.map((batch) =>
        directionOf(bloop({ rho: 0.3, update }), first, [mean(0, [...batch]), mean(1, [...batch])]),
      );
      const expected = sum([1, mean(0, data)], [1, project(mean(1, data), first[0]!)]);
      return relativeError(sum(...directions.map((d) => [1 / directions.length, d] as const)), expected);
    };
    expect(bias('after')).toBeLessThan(1e-14);
    expect(bias('before')).toBeGreaterThan(1e-3);
  });
});

describe('along the batch', () => {
  test('on two levels it is (1 − λr) g₀ + λ g₁ with r from the average', () => {
    const next = gradients<[Vector, Vector]>(11, 2, 6);
    const [first, now] = [next(), next()];
    const lambda = 0.7;
    const r = dot(now[1], first[0]) / (0.2 * dot(first[0], first[0]));
    const d = directionOf(bloop({ lambda, rho: 0.2, along: 'batch' }), first, now);
    expect(relativeError(d, sum([1 - lambda * r, now[0]], [lambda, now[1]]))).toBeLessThan(1e-13);
  });

  test('it uses no remembered row, and equals the default where averages are the gradients', () => {
    const rows = gradients(12, 4, 9)();
    const options = { lambda: [1, 0.5, 2], initial: 'first' } as const;
    const objectives = withPriorities(0, 1, 2, 3);
    const engine = createVectorEngine({ combiner: bloop({ ...options, along: 'batch' }), objectives });
    for (let step = 0; step < 3; step++) {
      const { direction, coefficients } = engine.step({ batches: [rows] });
      expect(coefficients.slice(4)).toEqual([0, 0, 0]);
      expect(relativeError(direction, directionOf(bloop(options), rows))).toBeLessThan(1e-11);
    }
  });
});

describe('golden values', () => {
  const conflicting = [
    [-4, 1, 1],
    [6, 1, 1],
  ];
  test.each([
    [0.1, [-3.8888888889, 1.2222222222, 1.2222222222], [18, -20.8888888889]],
    [1, [-2.8888888889, 3.2222222222, 3.2222222222], [18, -10.8888888889]],
    [10, [7.1111111111, 23.2222222222, 23.2222222222], [18, 89.1111111111]],
  ])('two conflicting rows, λ = %d', (lambda, expected, products) => {
    const d = directionOf(bloop({ lambda, ...noAverage }), conflicting);
    for (const [i, x] of expected.entries()) expect(d[i]).toBeCloseTo(x, 9);
    for (const [i, x] of products.entries()) expect(dot(d, conflicting[i]!)).toBeCloseTo(x, 9);
  });

  test('a staircase of three levels has coefficients (1 − λ₁, λ₁ − λ₂, λ₂)', () => {
    const rows = [
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
    ];
    const combiner = bloop({ lambda: [0.5, 0.2], along: 'batch', ...noAverage });
    const engine = createVectorEngine({ combiner, objectives: withPriorities(0, 1, 2) });
    const { direction, coefficients } = engine.step({ batches: [rows] });
    for (const [i, x] of [0.5, 0.3, 0.2].entries()) expect(coefficients[i]).toBeCloseTo(x, 11);
    for (const [i, x] of [1, 0.5, 0.2].entries()) expect(direction[i]).toBeCloseTo(x, 11);
  });
});

describe('wrong input', () => {
  test('a list of strengths of the wrong length is refused with the number of levels', () => {
    const create = () =>
      createVectorEngine({ combiner: bloop({ lambda: [1, 0.5] }), objectives: withPriorities(0, 3, 3) });
    expect(create).toThrow(
      'bloop: lambda has 2 numbers, but the objectives have 2 levels of priority. Give 1,',
    );
  });

  test.each([
    [{ lambda: -1 }, 'bloop: option lambda: '],
    [{ lambda: 'strong' }, 'bloop: option lambda: Give a number >= 0'],
    [{ rho: 0 }, 'bloop: option rho: '],
    [{ rho: 1.5 }, 'bloop: option rho: '],
    [{ update: 'during' }, 'bloop: option update: '],
    [{ rate: 0.1 }, 'bloop: there is no option "rate"'],
  ])('%o is refused', (options, message) => {
    expect(() => bloop(options as never)).toThrow(message);
  });
});
