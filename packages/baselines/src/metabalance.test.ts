import { createVectorEngine } from '@scalpel/core';
import {
  combineVectors,
  gradients,
  matrixBank,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { metabalance } from './metabalance.ts';
import { scaleError } from './testing/scales.ts';

const length = (row: Vector) => Math.hypot(...row);

test('golden values', () => {
  const { coefficients } = combineVectors(
    metabalance(),
    [0, 1],
    [
      [-4, 1, 1],
      [6, 1, 1],
    ],
  );
  expect(coefficients[0]).toBe(1);
  expect(coefficients[1]).toBeCloseTo(0.6882472016, 10);
});

test('on every matrix of the bank each auxiliary gradient gets the length of the main one', () => {
  for (const { name, rows } of matrixBank()) {
    const { coefficients } = combineVectors(
      metabalance(),
      rows.map((_, index) => index),
      rows,
    );
    for (const [index, row] of rows.entries()) {
      if (length(row) === 0) continue;
      const size = coefficients[index]! * length(row);
      expect(Math.abs(size - length(rows[0]!)), name).toBeLessThanOrEqual(1e-14 * length(rows[0]!));
    }
  }
});

test('relax goes from the lengths they have to that of the main one', () => {
  const rows = gradients(2, 3, 4)();
  for (const relax of [0, 0.3, 1]) {
    const { coefficients } = combineVectors(metabalance({ relax }), [0, 1, 2], rows);
    const expected = rows.map((row, k) =>
      k === 0 ? 1 : relax * (length(rows[0]!) / length(row)) + (1 - relax),
    );
    expect(relativeError(coefficients, expected)).toBeLessThan(1e-14);
  }
});

test('the averages are those of the paper, from zero, where all are present', () => {
  const next = gradients(3, 3, 4);
  const engine = createVectorEngine({
    combiner: metabalance({ beta: 0.9, relax: 0.7 }),
    objectives: withPriorities(0, 1, 2),
  });
  let averages = [0, 0, 0];
  for (let step = 0; step < 20; step++) {
    const rows = next().map((row, k) => row.map((x) => x * (1 + ((step * (k + 1)) % 5))));
    averages = averages.map((m, k) => 0.9 * m + 0.1 * length(rows[k]!));
    const expected = sum(
      ...rows.map((row, k) => [k === 0 ? 1 : 0.7 * (averages[0]! / averages[k]!) + 0.3, row] as const),
    );
    expect(relativeError(engine.step({ batches: [rows] }).direction, expected)).toBeLessThan(1e-13);
  }
});

test('a level that is absent keeps its length', () => {
  const engine = createVectorEngine({ combiner: metabalance(), objectives: withPriorities(0, 1) });
  // Before the main objective has been present, nothing is balanced.
  expect(engine.step({ batches: [[null, [0, 4]]] }).direction).toEqual([0, 4]);
  expect(engine.step({ batches: [[[2, 0], null]] }).direction).toEqual([2, 0]);
  expect(engine.step({ batches: [[null, [0, 8]]] }).direction).toEqual([0, 2]);
});

test('an average is over the steps that had the objective', () => {
  const objectives = withPriorities(0, 1);
  const engine = createVectorEngine({ combiner: metabalance({ beta: 0.5 }), objectives });
  for (let step = 0; step < 3; step++) engine.step({ batches: [[[3, 0], null]] });
  // If lengths are constant, every average is that length, after any number of steps.
  expect(
    engine.step({
      batches: [
        [
          [3, 0],
          [0, 5],
        ],
      ],
    }).direction[1],
  ).toBeCloseTo(3, 14);
});

test('the conventions: zero gradients, and levels that cancel to rounding', () => {
  expect(
    combineVectors(
      metabalance(),
      [0, 1],
      [
        [1, 2],
        [0, 0],
      ],
    ).direction,
  ).toEqual([1, 2]);
  expect(
    combineVectors(
      metabalance(),
      [0, 1],
      [
        [0, 0],
        [1, 2],
      ],
    ).direction,
  ).toEqual([0, 0]);
  expect(
    combineVectors(
      metabalance({ relax: 0.75 }),
      [0, 1],
      [
        [0, 0],
        [1, 2],
      ],
    ).direction,
  ).toEqual([0.25, 0.5]);
  const third = [0.1, 0.2, 0.3];
  const rows = [[1, 1, 1], third, third.map((x) => -x * (1 + 2 ** -52))];
  expect(combineVectors(metabalance(), [0, 1, 1], rows).coefficients).toEqual([1, 1, 1]);
});

test('scaling all gradients scales the direction', () => {
  expect(scaleError(metabalance({ beta: 0.5 }), [0, 1, 1, 2])).toBeLessThan(1e-12);
});
