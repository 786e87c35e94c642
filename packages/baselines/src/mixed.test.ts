import {
  sum as combination,
  combineVectors,
  gradients,
  relativeError,
  type Vector,
} from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { mixed } from './mixed.ts';
import { sum } from './sum.ts';

test('the first level plus λ times each other', () => {
  const [a, b, c, d] = gradients<[Vector, Vector, Vector, Vector]>(1, 4, 5)();
  const expected = combination([1, a], [0.5, b], [0.5, c], [3, d]);
  const { direction } = combineVectors(mixed({ lambda: [0.5, 3] }), [0, 1, 1, 2], [a, b, c, d]);
  expect(relativeError(direction, expected)).toBeLessThan(1e-15);
  const one = combineVectors(mixed({ lambda: 0.5 }), [0, 1, 1, 2], [a, null, c, d]).direction;
  expect(relativeError(one, combination([1, a], [0.5, c], [0.5, d]))).toBeLessThan(1e-15);
});

test('with λ = 1, and by default, it is the sum', () => {
  const rows = gradients(2, 3, 5)();
  const { direction } = combineVectors(sum(), [0, 1, 2], rows);
  expect(combineVectors(mixed(), [0, 1, 2], rows).direction).toEqual(direction);
  expect(combineVectors(mixed({ lambda: [1, 1] }), [0, 1, 2], rows).direction).toEqual(direction);
});

test('opposed losses: it stops at λ = 1 and ascends the main loss beyond', () => {
  const opposed = [
    [1, 2],
    [-1, -2],
  ];
  expect(combineVectors(mixed({ lambda: 1 }), [0, 1], opposed).direction).toEqual([0, 0]);
  expect(combineVectors(mixed({ lambda: 3 }), [0, 1], opposed).direction).toEqual([-2, -4]);
});

test('½a² with ½((a − 1)² + b²): it stops at (λ / (1 + λ), 0), not at the bilevel solution', () => {
  for (const lambda of [0.1, 1, 10]) {
    let [a, b] = [1, 1];
    for (let step = 0; step < 2000; step++) {
      const { direction } = combineVectors(
        mixed({ lambda }),
        [0, 1],
        [
          [a, 0],
          [a - 1, b],
        ],
      );
      a -= (0.5 / (1 + lambda)) * direction[0]!;
      b -= (0.5 / (1 + lambda)) * direction[1]!;
    }
    expect(a).toBeCloseTo(lambda / (1 + lambda), 12);
    expect(b).toBeCloseTo(0, 12);
  }
});

test('a list of weights of the wrong length is refused with the number of levels', () => {
  expect(() => combineVectors(mixed({ lambda: [1, 2, 3] }), [0, 1, 1], [[1], [1], [1]])).toThrow(
    'mixed: lambda has 3 numbers, but the objectives have 2 levels of priority. Give 1,',
  );
  expect(() => mixed({ lambda: 'much' as never })).toThrow('mixed: option lambda: Give a number >= 0');
});
