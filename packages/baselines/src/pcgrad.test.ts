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
import { type PcgradOptions, pcgrad } from './pcgrad.ts';
import { explicitAverages } from './testing/averages.ts';
import { scaleError } from './testing/scales.ts';

const conflicting = [
  [-4, 1, 1],
  [6, 1, 1],
];

const combine = (options: PcgradOptions, ...steps: readonly (readonly (Vector | null)[])[]) =>
  combineVectors(
    pcgrad(options),
    steps[0]!.map((_, index) => index),
    ...steps,
  ).direction;

/** u without its part that conflicts with v. */
function withoutConflict(u: Vector, v: Vector): Vector {
  const product = dot(u, v);
  return product < 0 ? sum([1, u], [-product / dot(v, v), v]) : u;
}

/** The original method on explicit vectors. */
function explicit(rows: readonly Vector[], order: readonly (readonly number[])[]): number[] {
  const parts = rows.map((row, i) =>
    order[i]!.reduce<Vector>((part, other) => withoutConflict(part, rows[other]!), row),
  );
  return sum(...parts.map((part) => [1, part] as const));
}

const ascending = (count: number) =>
  Array.from({ length: count }, (_, i) => [...Array(count).keys()].filter((j) => j !== i));

describe('the original', () => {
  test('is that of explicit vectors, in any given order', () => {
    for (const count of [2, 3, 4, 5, 6, 60]) {
      const next = gradients(count, count, 5);
      for (let draw = 0; draw < 10; draw++) {
        const rows = next();
        const order = ascending(count).map((others) => [
          ...others.slice(draw % count),
          ...others.slice(0, draw % count),
        ]);
        expect(relativeError(combine({ order }, rows), explicit(rows, order))).toBeLessThan(1e-11);
        const plain = explicit(rows, ascending(count));
        expect(relativeError(combine({ order: 'ascending' }, rows), plain)).toBeLessThan(1e-11);
      }
    }
  });

  test('golden values', () => {
    const { coefficients, direction } = combineVectors(pcgrad(), [0, 0], conflicting);
    for (const [i, x] of [20 / 9, 30 / 19].entries()) expect(coefficients[i]).toBeCloseTo(x, 12);
    for (const [i, x] of [0.5847953216, 3.8011695906, 3.8011695906].entries()) {
      expect(direction[i]).toBeCloseTo(x, 9);
    }
  });

  test('without conflict it is the sum, whatever the order', () => {
    const rows = gradients(3, 4, 6)().map((row) => row.map(Math.abs));
    expect(combine({}, rows)).toEqual(sum(...rows.map((row) => [1, row] as const)));
  });

  test('two opposed gradients leave nothing', () => {
    expect(
      combine({}, [
        [1, 2],
        [-1, -2],
      ]),
    ).toEqual([0, 0]);
  });

  test('random order: another one each step, the same for the same seed, every one possible', () => {
    const rows = gradients(8, 3, 3)().map((row, i) =>
      sum([1, row], [-2, [+(i === 0), +(i === 1), +(i === 2)]]),
    );
    const run = (seed: number) => {
      const engine = createVectorEngine({ combiner: pcgrad(), objectives: withPriorities(0, 0, 0), seed });
      return Array.from({ length: 100 }, () => engine.step({ batches: [rows] }).direction.join());
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    const orders = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
      ascending(3).map((others, i) => (bits & (1 << i) ? [...others].reverse() : others)),
    );
    const possible = orders.map((order) => combine({ order }, rows).join());
    expect(new Set(run(1))).toEqual(new Set(possible));
    expect(new Set(possible).size).toBeGreaterThan(2);
  });

  test('permuting the objectives and their order permutes nothing in the direction', () => {
    const rows = gradients(9, 4, 3)();
    const permutation = [2, 0, 3, 1];
    const order = ascending(4);
    const permuted = permutation.map((old) => order[old]!.map((other) => permutation.indexOf(other)));
    const direction = combine(
      { order: permuted },
      permutation.map((old) => rows[old]!),
    );
    expect(relativeError(direction, combine({ order }, rows))).toBeLessThan(1e-12);
  });

  test('an absent objective is passed over, and the order of the others stays', () => {
    const rows = gradients(10, 4, 3)();
    const order = [
      [3, 1, 2],
      [0, 3, 2],
      [1, 3, 0],
      [2, 0, 1],
    ];
    const without = combine({ order }, [rows[0]!, null, rows[2]!, rows[3]!]);
    const remaining = [
      [2, 1],
      [2, 0],
      [1, 0],
    ];
    const expected = explicit([rows[0]!, rows[2]!, rows[3]!], remaining);
    expect(relativeError(without, expected)).toBeLessThan(1e-12);
  });

  test('finite on every matrix of the bank, and with two rows no objective gets worse', () => {
    for (const { name, rows } of matrixBank()) {
      const direction = combine({}, rows);
      expect(direction.every(Number.isFinite), name).toBe(true);
      if (rows.length !== 2) continue;
      const together = rows.reduce((total, row) => total + Math.hypot(...row), 0);
      for (const row of rows) {
        expect(dot(row, direction), name).toBeGreaterThanOrEqual(-1e-13 * Math.hypot(...row) * together);
      }
    }
  });

  test('scaling one gradient scales its part: the direction is linear in the scales', () => {
    const rows = gradients(11, 4, 3)();
    const total = (factors: readonly number[]) =>
      combine(
        {},
        rows.map((row, i) => row.map((x) => x * factors[i]!)),
      );
    const [a, b] = [
      [1, 2, 3, 4],
      [100, 0.1, 5, 1e-3],
    ];
    const both = total(a!.map((x, i) => x + b![i]!));
    expect(relativeError(both, sum([1, total(a!)], [1, total(b!)]))).toBeLessThan(1e-12);
  });

  test('scaling all gradients scales the direction', () => {
    expect(scaleError(pcgrad(), [0, 0, 0, 0])).toBeLessThan(1e-12);
  });
});

describe('on two levels', () => {
  test('golden value: α = (1 + 11 λ / 9, λ + 11 / 19)', () => {
    for (const lambda of [0.1, 1, 10]) {
      const { coefficients } = combineVectors(pcgrad({ lambda }), [0, 1], conflicting);
      expect(coefficients[0]).toBeCloseTo(1 + (11 * lambda) / 9, 12);
      expect(coefficients[1]).toBeCloseTo(lambda + 11 / 19, 12);
    }
  });

  test('with λ = 1 it is the original with two rows', () => {
    const next = gradients(12, 2, 3);
    for (let draw = 0; draw < 20; draw++) {
      const rows = next();
      expect(relativeError(combine({ lambda: 1 }, rows), combine({}, rows))).toBeLessThan(1e-13);
    }
  });

  test('without conflict it is mixed training', () => {
    const rows = gradients<[Vector, Vector]>(13, 2, 6)().map((row) => row.map(Math.abs));
    const expected = sum([1, rows[0]!], [0.3, rows[1]!]);
    expect(relativeError(combine({ lambda: 0.3 }, rows), expected)).toBeLessThan(1e-15);
  });

  test('the rows of a level act as their sum', () => {
    const [a, b, c] = gradients<[Vector, Vector, Vector]>(14, 3, 5)();
    const apart = combineVectors(pcgrad({ lambda: 2 }), [0, 1, 0], [a, b, c]).direction;
    expect(relativeError(apart, combine({ lambda: 2 }, [sum([1, a], [1, c]), b]))).toBeLessThan(1e-13);
  });

  test('with averages it is that of explicit vectors, in both orders, with levels absent now and then', () => {
    const conflicts = new Set<boolean>();
    for (const update of ['after', 'before'] as const) {
      const [rho, lambda] = [0.3, 0.7];
      const average = explicitAverages(rho, update);
      const combiner = pcgrad({ lambda, average: { rho, update } });
      const engine = createVectorEngine({ combiner, objectives: withPriorities(0, 1) });
      const next = gradients(15, 2, 4);
      for (const absent of [null, null, 1, null, 0, null, null, null, null, null]) {
        const rows = next().map((row, level) => (level === absent ? null : row));
        const [first, second] = average(rows) as [Vector, Vector];
        const [main, auxiliary] = rows.map((row) => row ?? first.map(() => 0)) as [Vector, Vector];
        conflicts.add(dot(auxiliary, first) < 0);
        const expected = sum([1, withoutConflict(main, second)], [lambda, withoutConflict(auxiliary, first)]);
        expect(relativeError(engine.step({ batches: [rows] }).direction, expected)).toBeLessThan(1e-12);
      }
    }
    expect(conflicts.size).toBe(2);
  });

  test('averages of the newest gradients alone, taken before the projection, change nothing; λ is then 1', () => {
    const next = gradients(16, 2, 3);
    const steps = [next(), next(), next()];
    const averaged = combine({ average: { rho: 1, update: 'before' } }, ...steps);
    expect(relativeError(averaged, combine({ lambda: 1 }, steps[2]!))).toBeLessThan(1e-13);
  });

  test('scaling all gradients scales the direction', () => {
    expect(scaleError(pcgrad({ lambda: 0.5 }), [0, 1])).toBeLessThan(1e-13);
    expect(scaleError(pcgrad({ average: { rho: 0.3 } }), [0, 1])).toBeLessThan(1e-13);
  });

  test('one level alone: the main gradient, or λ times the auxiliary one', () => {
    expect(combine({ lambda: 3 }, [[1, 2], null])).toEqual([1, 2]);
    expect(combine({ lambda: 3 }, [null, [1, 2]])).toEqual([3, 6]);
  });
});

describe('wrong input', () => {
  test('λ or averages with anything but two levels', () => {
    const message =
      'pcgrad with lambda or average weighs two levels of priority against each other, but the objectives have';
    expect(() => combineVectors(pcgrad({ lambda: 1 }), [0, 1, 2], [[1], [1], [1]])).toThrow(
      `${message} 3 levels.`,
    );
    expect(() => combineVectors(pcgrad({ average: {} }), [0, 0], [[1], [1]])).toThrow(`${message} 1 level.`);
  });

  test('an order that is not one of the others', () => {
    const run = (order: number[][]) => () => combineVectors(pcgrad({ order }), [0, 0, 0], [[1], [1], [1]]);
    expect(
      run([
        [1, 2],
        [0, 2],
        [1, 1],
      ]),
    ).toThrow('pcgrad: order has [1,1] for objective 2. Give one list per objective');
    expect(
      run([
        [1, 2],
        [0, 2],
      ]),
    ).toThrow('pcgrad: order has [nothing] for objective 2.');
    expect(run([[1, 2], [0, 2], [0, 1], []])).toThrow('pcgrad: order has 4 lists for 3 objectives.');
  });

  test('options that do not go together, or do not exist', () => {
    expect(() => pcgrad({ order: 'ascending', lambda: 1 })).toThrow(
      'pcgrad: option order: There is no order with lambda',
    );
    expect(() => pcgrad({ order: 'sorted' as never })).toThrow(
      "pcgrad: option order: Give 'random', 'ascending', or",
    );
    expect(() => pcgrad({ lambda: -1 })).toThrow('pcgrad: option lambda: ');
  });
});
