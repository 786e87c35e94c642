import { createVectorEngine } from '@scalpel/core';
import {
  combineVectors,
  dot,
  gradients,
  matrixBank,
  project,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { type BloopOptions, bloop } from './bloop.ts';

const noAverage: BloopOptions = { project: 'cone', rho: 1, update: 'before' };
const length = (v: Vector) => Math.hypot(...v);

/** The direction of the last step, with one objective per level. */
function directionOf(options: BloopOptions, ...steps: readonly (readonly (Vector | null)[])[]): Vector {
  return combineVectors(bloop(options), [...steps[0]!.keys()], ...steps).direction;
}

/** Projections on the half-spaces of two rows, by trying which of them hold with equality. */
function onTwo(g: Vector, a: Vector, b: Vector): Vector {
  const candidates = [g, project(g, a), project(g, b), project(project(g, a), project(b, a))];
  const rounding = (row: Vector) => -1e-12 * length(row) * length(g);
  const feasible = candidates.filter((d) => [a, b].every((row) => dot(row, d) >= rounding(row)));
  const distance = (d: Vector) => length(sum([1, g], [-1, d]));
  return feasible.reduce((best, d) => (distance(d) < distance(best) ? d : best));
}

describe('formulas', () => {
  const opposed = [
    [-4, 1, 1],
    [6, 1, 1],
  ] as const;

  test('two levels: g₁ − min(0, ⟨g₁, e⟩ / ‖e‖²) e, with averages that move after or before', () => {
    const lambda = 0.7;
    for (const update of ['after', 'before'] as const) {
      for (let seed = 0; seed < 20; seed++) {
        const next = gradients<[Vector, Vector]>(seed, 2, 4);
        const [first, now] = [next(), next()];
        const weights: [number, number] = update === 'after' ? [0.3, 0] : [0.21, 0.3];
        const e = sum([weights[0], first[0]], [weights[1], now[0]]);
        const part = sum([1, now[1]], [-Math.min(0, dot(now[1], e) / dot(e, e)), e]);
        const d = directionOf({ project: 'cone', lambda, rho: 0.3, update }, first, now);
        expect(relativeError(d, sum([1, now[0]], [lambda, part]))).toBeLessThan(1e-13);
      }
    }
  });

  test('three levels, full batch: the nearest vectors that point against no level above', () => {
    for (let seed = 0; seed < 50; seed++) {
      const [main, second, third] = gradients<[Vector, Vector, Vector]>(seed, 3, 3)();
      const d = directionOf({ ...noAverage, lambda: [0.5, 2] }, [main, second, third]);
      const expected = sum(
        [1, main],
        [
          0.5,
          onTwo(
            second,
            main,
            main.map(() => 0),
          ),
        ],
        [2, onTwo(third, main, second)],
      );
      expect(relativeError(d, expected)).toBeLessThan(1e-11);
    }
  });

  test('conflicting rows: as on the complement; agreeing rows: the mixed direction', () => {
    const apart = { lambda: 0.1, rho: 1, update: 'before' } as const;
    expect(directionOf({ ...apart, project: 'cone' }, opposed)).toEqual(directionOf(apart, opposed));
    const agreeing = [
      [-4, 1, 1],
      [-6, 1, 1],
    ];
    const { coefficients } = combineVectors(bloop({ ...noAverage, lambda: 0.1 }), [0, 1], agreeing);
    expect(coefficients).toEqual([1, 0.1, 0]);
  });

  test('opposed losses: plain descent on the main one', () => {
    const [main] = gradients<[Vector]>(1, 1, 6)();
    const d = directionOf({ ...noAverage, lambda: 100 }, [main, main.map((x) => -x)]);
    expect(relativeError(d, main)).toBeLessThan(1e-13);
  });

  test('a zero average constrains nothing, as at the first step from zeros', () => {
    expect(directionOf({ project: 'cone' }, opposed)).toEqual([2, 2, 2]);
    const { direction, certificate } = combineVectors(bloop(noAverage), [0, 1], [[0, 0, 0], opposed[1]]);
    expect(direction).toEqual([6, 1, 1]);
    expect(certificate).toEqual({ solved: true, residual: 0 });
    // An average that was cancelled: half of the first gradient and half of its opposite.
    const cancelled = [opposed[0].map((x) => -x), opposed[1]];
    const half = { project: 'cone', rho: 0.5, update: 'before', initial: 'first' } as const;
    expect(directionOf(half, opposed, cancelled)).toEqual([10, 0, 0]);
  });
});

describe('on every matrix of the bank', () => {
  const bank = matrixBank();

  test('no level points against one above it, and each keeps all that it may', () => {
    for (const { name, rows } of bank) {
      const lambda = rows.slice(1).map((_, k) => 1 / (k + 1));
      const parts = rows.map((_, level) => {
        // The part of one level: the direction without the strengths of the others.
        const only = lambda.map((_, k) => (k === level - 1 ? 1 : 0));
        const d = directionOf({ ...noAverage, lambda: only }, rows);
        return level === 0 ? d : sum([1, d], [-1, rows[0]!]);
      });
      for (const [level, part] of parts.entries()) {
        const own = rows[level]!;
        const size = length(own) + length(rows[0]!);
        for (const above of rows.slice(0, level)) {
          expect(dot(above, part), name).toBeGreaterThanOrEqual(-1e-9 * length(above) * size);
        }
        // Moreau: what was removed is at right angles to what was kept.
        const removed = sum([1, own], [-1, part]);
        expect(Math.abs(dot(removed, part)), name).toBeLessThanOrEqual(1e-9 * size ** 2);
        expect(length(part), name).toBeLessThanOrEqual(length(own) + 1e-9 * size);
      }
      const { direction, certificate } = combineVectors(
        bloop({ ...noAverage, lambda }),
        [...rows.keys()],
        rows,
      );
      expect(certificate!.solved, name).toBe(true);
      expect(certificate!.residual, name).toBeLessThan(1e-12);
      const expected = sum([1, parts[0]!], ...lambda.map((l, k) => [l, parts[k + 1]!] as const));
      const rounding = 1e-9 * rows.reduce((total, row) => total + length(row), 0);
      expect(length(sum([1, direction], [-1, expected])), name).toBeLessThanOrEqual(rounding);
    }
  });
});

test('with step sizes that fall it ends at the trilevel solution', () => {
  // L₀ = ½ a², L₁ = ½ ((a − 1)² + b²), L₂ = ½ ((a − 1)² + (b − 1)² + (c − 2)²): (0, 0, 2).
  for (const lambda of [
    [1, 1],
    [0.1, 1],
    [1, 0.1],
  ]) {
    const engine = createVectorEngine({
      combiner: bloop({ ...noAverage, lambda }),
      objectives: withPriorities(0, 1, 2),
    });
    let x = [1, 1, 1];
    for (let step = 0; step < 4000; step++) {
      const [a, b, c] = x as [number, number, number];
      const rows = [
        [a, 0, 0],
        [a - 1, b, 0],
        [a - 1, b - 1, c - 2],
      ];
      const rate = 0.2 / (1 + step / 100);
      x = sum([1, x], [-rate, engine.step({ batches: [rows] }).direction]);
    }
    for (const [i, solution] of [0, 0, 2].entries()) expect(Math.abs(x[i]! - solution)).toBeLessThan(2e-2);
  }
});

test('scaling all gradients scales the direction, and scaling a level alone scales its part', () => {
  const options = { project: 'cone', rho: 0.3 } as const;
  const steps = [1, 2, 3, 4].map((seed) => gradients(seed, 3, 6)());
  const plain = directionOf(options, ...steps);
  for (const scale of [1e-10, 1e-5, 1e5, 1e10]) {
    const scaled = steps.map((rows) => rows.map((row) => row.map((x) => x * scale)));
    const d = directionOf(options, ...scaled);
    expect(
      relativeError(
        d.map((x) => x / scale),
        plain,
      ),
    ).toBeLessThan(1e-12);
    const last = (factor: number) =>
      directionOf(
        options,
        ...steps.map((rows) => rows.map((row, i) => row.map((x) => (i === 2 ? x * factor : x)))),
      );
    const without = last(0);
    const part = (d: Vector, factor: number) => sum([1 / factor, d], [-1 / factor, without]);
    if (scale < 1) continue;
    expect(relativeError(part(last(scale), scale), part(plain, 1))).toBeLessThan(1e-9);
  }
});

test('objectives of equal priority act as their sum, and an absent level leaves its average', () => {
  const options = { project: 'cone', lambda: [0.5, 2], rho: 0.3 } as const;
  const apart = createVectorEngine({ combiner: bloop(options), objectives: withPriorities(0, 1, 0, 2, 1) });
  const together = createVectorEngine({ combiner: bloop(options), objectives: withPriorities(0, 1, 2) });
  const next = gradients<[Vector, Vector, Vector, Vector, Vector]>(3, 5, 10);
  for (const absent of [false, true, false, true, false]) {
    const [a, b, c, d, e] = next();
    const sums = [sum([1, a], [1, c]), absent ? null : sum([1, b], [1, e]), d];
    const expected = together.step({ batches: [sums] }).direction;
    const { direction } = apart.step({ batches: [[a, absent ? null : b, c, d, absent ? null : e]] });
    expect(relativeError(direction, expected)).toBeLessThan(1e-12);
  }
});

test('the guard has no effect, and a direction along the batch is refused', () => {
  const rows = gradients(5, 4, 8)();
  const options = { ...noAverage, lambda: [1, 2, 3] };
  expect(directionOf({ ...options, guard: 'drop' }, rows)).toEqual(directionOf(options, rows));
  expect(() => bloop({ project: 'cone', along: 'batch' })).toThrow(
    'bloop: option along: On a cone nothing is',
  );
  expect(() => bloop({ project: 'cones' as never })).toThrow('bloop: option project: ');
});
