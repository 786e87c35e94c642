import { randomFrom } from '@scalpel/core';
import { dot, relativeError, type Vector } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { vertices } from '../testing/vertices.ts';
import { certifyLinear } from './linear-certificate.ts';
import type { LinearProgram } from './linear-form.ts';
import { maximizeLinear } from './linear-program.ts';

const PRECISION = 1e-16;

/** A bounded program: the last row keeps the sum of the variables below 1. */
function randomProgram(random: () => number, width: number, rows: number): LinearProgram {
  const entries = () => Array.from({ length: width }, () => 2 * random() - 1);
  return {
    objectives: [entries()],
    matrix: [...Array.from({ length: rows }, entries), new Array<number>(width).fill(1)],
    bounds: [...Array.from({ length: rows }, () => Math.max(0, random() - 0.3)), 1],
  };
}

/** The best vertex of all. */
function byEnumeration({ objectives, matrix, bounds }: LinearProgram): Vector {
  const goal = objectives.at(-1)!;
  const nonnegative = goal.map((_, i) => ({ row: goal.map((_, j) => Number(i === j)), least: 0 }));
  const rows = matrix.map((row, i) => ({ row: row.map((x) => -x), least: -bounds[i]! }));
  return vertices([...nonnegative, ...rows]).reduce((best, x) => (dot(goal, x) > dot(goal, best) ? x : best));
}

const programs = (count: number) => {
  const random = randomFrom(count);
  return [1, 2, 3, 4].flatMap((width) =>
    Array.from({ length: 40 }, (_, draw) => randomProgram(random, width, draw % 6)),
  );
};

test('it agrees with trying every vertex, and certifies it', () => {
  for (const program of programs(1)) {
    const { point, residual } = maximizeLinear(program, PRECISION);
    const expected = byEnumeration(program);
    if (Math.hypot(...expected) === 0) expect(point).toEqual(expected);
    else expect(relativeError(point, expected)).toBeLessThan(1e-12);
    expect(residual).toBeLessThan(1e-13);
  }
});

test('the scales of rows and variables do not matter', () => {
  const random = randomFrom(5);
  for (const program of programs(2)) {
    const variables = program.objectives[0]!.map(() => 10 ** (16 * random() - 8));
    const rows = program.bounds.map(() => 10 ** (16 * random() - 8));
    const scaled = {
      objectives: program.objectives.map((goal) => goal.map((x, i) => x * variables[i]!)),
      matrix: program.matrix.map((row, j) => row.map((x, i) => x * rows[j]! * variables[i]!)),
      bounds: program.bounds.map((bound, j) => bound * rows[j]!),
    };
    const { point } = maximizeLinear(program, PRECISION);
    const error = maximizeLinear(scaled, PRECISION).point.map((x, i) => x * variables[i]! - point[i]!);
    // No variable is above 1.
    expect(Math.hypot(...error)).toBeLessThan(1e-12);
  }
});

describe('the certificate', () => {
  const program = {
    objectives: [[3, 5]],
    matrix: [
      [1, 0],
      [0, 2],
      [3, 2],
    ],
    bounds: [4, 12, 18],
  };
  const residual = (point: Vector, prices: Vector, barred: readonly number[] = []) =>
    certifyLinear(program, point, prices, new Set(barred));

  test('is 0 for the optimum and its prices', () => {
    expect(maximizeLinear(program, PRECISION)).toEqual({ point: [2, 6], residual: 0 });
    expect(residual([2, 6], [0, 1.5, 1])).toBe(0);
  });

  test('says what is wrong with others, relative to its terms', () => {
    // Beyond the last bound: 3 · 2 + 2 · 9 against 18; and no price covers that much.
    expect(residual([2, 9], [0, 1.5, 1])).toBeCloseTo(Math.max(6 / 42, 6 / 30), 12);
    // Feasible and worth 30; the prices ask for 36.
    expect(residual([0, 6], [0, 1.5, 1])).toBeCloseTo(6 / 66, 12);
    expect(residual([2, 6], [0, 2.5, 0])).toBe(1);
    // The negative price of the first row counts as 0: the others ask for 48.
    expect(residual([2, 6], [-3, 1, 2])).toBeCloseTo(12 / 84, 12);
  });

  test('does not ask for the price of what an earlier objective has barred', () => {
    expect(residual([0, 6], [0, 2.5, 0])).toBe(1);
    expect(residual([0, 6], [0, 2.5, 0], [0])).toBe(0);
    // The first variable after x is what the first row falls short of its bound.
    expect(residual([2, 6], [-3, 1, 2], [2])).toBe(0);
  });
});

describe('several objectives', () => {
  test('each is maximised among the maximisers of those before', () => {
    const square = {
      matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      bounds: [1, 1, 1],
    };
    const solve = (...objectives: number[][]) => maximizeLinear({ ...square, objectives }, PRECISION).point;
    expect(solve([1, 0, 0], [-1, 1, 0], [1, -1, -1])).toEqual([1, 1, 0]);
    expect(solve([1, 1, 0], [0, -1, 1])).toEqual([1, 1, 1]);
    expect(solve([-1, 0, 0], [1, 1, 1])).toEqual([0, 1, 1]);
  });

  test('on random programs: as much of the first as alone, and as much of the second as on that face', () => {
    const random = randomFrom(9);
    for (const program of programs(3)) {
      // The sum is at most 1, which is a face wherever it is reached.
      const total = program.objectives[0]!.map(() => 1);
      const goal = program.objectives[0]!.map(() => 2 * random() - 1);
      const most = dot(total, maximizeLinear({ ...program, objectives: [total] }, PRECISION).point);
      const { point } = maximizeLinear({ ...program, objectives: [total, goal] }, PRECISION);
      expect(dot(total, point)).toBeCloseTo(most, 12);
      if (most < 1 - 1e-9) continue;
      const nonnegative = goal.map((_, i) => ({ row: goal.map((_, j) => Number(i === j)), least: 0 }));
      const rows = program.matrix.map((row, i) => ({ row: row.map((x) => -x), least: -program.bounds[i]! }));
      const face = vertices([...nonnegative, ...rows.slice(0, -1)], [{ row: total, least: 1 }]);
      expect(dot(goal, point)).toBeCloseTo(Math.max(...face.map((x) => dot(goal, x))), 11);
    }
  });
});

test("Beale's program, on which the largest gain first goes round in circles", () => {
  const { point, residual } = maximizeLinear(
    {
      objectives: [[0.75, -20, 0.5, -6]],
      matrix: [
        [0.25, -8, -1, 9],
        [0.5, -12, -0.5, 3],
        [0, 0, 1, 0],
      ],
      bounds: [0, 0, 1],
    },
    PRECISION,
  );
  expect(point).toEqual([1, 0, 1, 0]);
  expect(residual).toBe(0);
});

test('an unbounded program has no certificate, and a finite point', () => {
  const { point, residual } = maximizeLinear(
    { objectives: [[1, 1]], matrix: [[1, -1]], bounds: [1] },
    PRECISION,
  );
  expect(residual).toBe(Number.POSITIVE_INFINITY);
  expect(point.every(Number.isFinite)).toBe(true);
});

test('entries that are only rounding do not count', () => {
  // x <= y and y <= x, but for rounding, which would leave the origin alone.
  const third = 0.1 + 0.2;
  const matrix = [
    [third, -0.3],
    [-0.3, third],
    [1, 1],
  ];
  const { point } = maximizeLinear({ objectives: [[2, 1]], matrix, bounds: [0, 0, 1] }, PRECISION);
  for (const x of point) expect(x).toBeCloseTo(0.5, 12);
});
