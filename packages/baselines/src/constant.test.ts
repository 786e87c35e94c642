import { combineVectors } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { constant } from './constant.ts';

const rows = [
  [-4, 1, 1],
  [6, 1, 1],
];

test('golden values', () => {
  const { direction, coefficients } = combineVectors(constant({ weights: [1, 2] }), [0, 0], rows);
  expect(coefficients).toEqual([1, 2]);
  expect(direction).toEqual([8, 3, 3]);
});

test('the weights of absent objectives are left out, those of the others stay where they are', () => {
  const combiner = constant({ weights: [3, -1, 0.5] });
  expect(combineVectors(combiner, [0, 1, 1], [null, [1, 0], [0, 1]]).coefficients).toEqual([-1, 0.5]);
  expect(combineVectors(combiner, [0, 1, 1], [[1, 0], null, [0, 1]]).coefficients).toEqual([3, 0.5]);
});

test('it refuses weights that do not fit, and says what would', () => {
  expect(() => combineVectors(constant({ weights: [1, 2, 3] }), [0, 0], rows)).toThrow(
    'constant: there are 3 weights for 2 objectives. Give one each, in their order.',
  );
  expect(() => constant({ weights: [1, Number.NaN] })).toThrow(/^constant: option weights\.1/);
  expect(() => constant({ weights: [] })).toThrow(/^constant: option weights/);
  expect(() => constant({} as never)).toThrow(/^constant: option weights/);
});
