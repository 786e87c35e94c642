import { createVectorEngine, SymmetricMatrix } from '@scalpel/core';
import {
  dot,
  gradients,
  matrixBank,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { type BloopOptions, bloop } from './bloop.ts';

const variants: readonly BloopOptions[] = (['after', 'before'] as const).flatMap((update) =>
  (['damp', 'drop'] as const).map((guard) => ({ update, guard, rho: 0.3 })),
);

test('scaling all gradients scales the direction, from 1e-10 to 1e10', () => {
  for (const options of variants) {
    for (const scale of [1e-10, 1e-5, 1e5, 1e10]) {
      const create = () =>
        createVectorEngine({ combiner: bloop(options), objectives: withPriorities(0, 1, 2) });
      const [plain, scaled] = [create(), create()];
      const next = gradients(2, 3, 10);
      for (let step = 0; step < 4; step++) {
        const rows = next();
        const expected = plain.step({ batches: [rows] }).direction;
        const { direction } = scaled.step({ batches: [rows.map((row) => row.map((x) => x * scale))] });
        expect(
          relativeError(
            direction.map((x) => x / scale),
            expected,
          ),
        ).toBeLessThan(1e-11);
      }
    }
  }
});

describe('on every matrix of the bank', () => {
  const bank = matrixBank();
  const levels = (rows: readonly unknown[]) => withPriorities(...rows.keys());

  test('the direction is finite and no longer than the gradients together', () => {
    for (const options of variants) {
      for (const { name, rows } of bank) {
        const engine = createVectorEngine({ combiner: bloop(options), objectives: levels(rows) });
        const longest = rows.reduce((total, row) => total + Math.hypot(...row), 0);
        for (let step = 0; step < 3; step++) {
          const { direction } = engine.step({ batches: [rows] });
          expect(direction.every(Number.isFinite), name).toBe(true);
          expect(Math.hypot(...direction), name).toBeLessThanOrEqual(longest * (1 + 1e-6));
        }
      }
    }
  });

  test('without averages the main objective descends as if it were alone: ⟨d, g₀⟩ = ‖g₀‖²', () => {
    for (const guard of ['damp', 'drop'] as const) {
      for (const { name, rows } of bank) {
        const combiner = bloop({ guard, rho: 1, update: 'before' });
        const { direction } = createVectorEngine({ combiner, objectives: levels(rows) }).step({
          batches: [rows],
        });
        const main = rows[0]!;
        const lengths = rows.reduce((total, row) => total + Math.hypot(...row), 0);
        const error = Math.abs(dot(direction, main) - dot(main, main));
        expect(error, name).toBeLessThanOrEqual(1e-9 * Math.hypot(...main) * lengths);
      }
    }
  });

  test('the direction is linear in the scale of each gradient', () => {
    for (const { name, rows } of bank) {
      const total = (factors: readonly number[]) => {
        const combiner = bloop({ rho: 0.3 });
        const engine = createVectorEngine({ combiner, objectives: levels(rows) });
        const scaled = rows.map((row, i) => row.map((x) => x * factors[i]!));
        engine.step({ batches: [scaled] });
        return engine.step({ batches: [scaled] }).direction;
      };
      const a = rows.map((_, i) => 1 + i);
      const b = rows.map((_, i) => 3 / (1 + i));
      const lengths = rows.reduce((length, row) => length + Math.hypot(...row), 0);
      const both = total(a.map((x, i) => x + b[i]!));
      const error = sum([1, both], [-1, total(a)], [-1, total(b)]);
      expect(Math.hypot(...error), name).toBeLessThanOrEqual(1e-7 * lengths);
    }
  });
});

test('gradients of one level that cancel to rounding count as zero', () => {
  const rows = [
    [0.1 + 0.2, 1],
    [-0.3, -1],
    [3, 4],
  ];
  for (const options of variants) {
    const engine = createVectorEngine({ combiner: bloop(options), objectives: withPriorities(0, 0, 1) });
    const { direction } = engine.step({ batches: [rows] });
    expect(relativeError(direction, [3, 4])).toBeLessThan(1e-12);
  }
});

describe('descent with exact gradients', () => {
  function descend(options: {
    readonly bloop: BloopOptions;
    readonly start: Vector;
    readonly rate: number;
    readonly steps: number;
    readonly gradients: (at: Vector) => Vector[];
  }): number[][] {
    const levels = options.gradients(options.start).map((_, level) => level);
    const engine = createVectorEngine({
      combiner: bloop(options.bloop),
      objectives: withPriorities(...levels),
    });
    let at = [...options.start];
    return Array.from({ length: options.steps }, () => {
      const { direction } = engine.step({ batches: [options.gradients(at)] });
      at = sum([1, at], [-options.rate, direction]);
      return at;
    });
  }

  test.each([0.01, 0.1, 1, 10])(
    'the bilevel solution is reached whatever the conditioning: λ = %d',
    (lambda) => {
      const path = descend({
        bloop: { lambda, initial: 'first' },
        start: [1, 1],
        rate: Math.min(0.5, 0.5 / lambda),
        steps: 4000,
        // The first loss is ½a², the second is ½((a − 1)² + b²).
        gradients: ([a, b]) => [
          [a!, 0],
          [a! - 1, b!],
        ],
      });
      const errors = path.map((at) => Math.hypot(...at));
      expect(Math.min(...errors)).toBeLessThan(1e-7);
    },
  );

  // ½a² first, then ½((a − 1)² + b²), then ½((a − 1)² + (b − 1)² + (c − 2)²): the solution is (0, 0, 2).
  const threeLevels = ([a, b, c]: Vector): Vector[] => [
    [a!, 0, 0],
    [a! - 1, b!, 0],
    [a! - 1, b! - 1, c! - 2],
  ];
  const error = ([a, b, c]: Vector) => Math.max(Math.abs(a!), Math.abs(b!), Math.abs(c! - 2));

  for (const lambda of [
    [1, 1],
    [0.1, 1],
    [1, 0.1],
  ]) {
    test(`the trilevel solution is reached and kept: λ = ${lambda}`, () => {
      const path = descend({
        bloop: { lambda, rho: 1, update: 'before' },
        start: [1, 1, 1],
        rate: 0.2,
        steps: 1500,
        gradients: threeLevels,
      });
      expect(Math.max(...path.slice(600).map(error))).toBeLessThan(3e-4);
    });
  }

  test('dropping a level that has converged lets the levels below push along it', () => {
    const options = { lambda: 1, rho: 1, update: 'before', guard: 'drop' } as const;
    const path = descend({
      bloop: options,
      start: [1, 1, 1],
      rate: 0.2,
      steps: 1500,
      gradients: threeLevels,
    });
    expect(Math.max(...path.slice(600).map(error))).toBeGreaterThan(0.1);
  });

  test('inner products from float32 kernels: the guard follows their precision', () => {
    const settle = (precision: number) => {
      const combiner = bloop({ lambda: 1, rho: 1, update: 'before' });
      let at = [1, 1, 1];
      const errors: number[] = [];
      for (let step = 0; step < 1500; step++) {
        const rows = threeLevels(at);
        const exact = SymmetricMatrix.gramian([...rows, [0, 0, 0], [0, 0, 0]]);
        const { coefficients } = combiner.combine({
          gramian: SymmetricMatrix.from(5, (i, j) => Math.fround(exact.at(i, j))),
          rows: rows.map((_, level) => ({ objective: `${level}`, level, batch: 0 })),
          setup: { rows: [], levels: 3 },
          losses: [0, 0, 0],
          precision,
          step,
          epoch: 0,
          random: Math.random,
          memory: [true, true],
        });
        at = sum([1, at], ...rows.map((row, i) => [-0.2 * coefficients[i]!, row] as const));
        errors.push(error(at));
      }
      return Math.max(...errors.slice(600));
    };
    expect(settle(1e-7)).toBeLessThan(0.05);
    expect(settle(1e-16)).toBeGreaterThan(0.1);
  });
});
