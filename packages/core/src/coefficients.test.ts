import { describe, expect, test } from 'vitest';
import {
  combination,
  lengthOf,
  levelGradients,
  movingAverage,
  padded,
  projectionFactor,
  termsOf,
  unit,
} from './coefficients.ts';
import { normal, randomFrom } from './random.ts';
import { SymmetricMatrix } from './symmetric-matrix.ts';
import { dot, sum, type Vector } from './testing/vectors.ts';

const random = randomFrom(3);
const draw = (count: number, width = 6): number[][] =>
  Array.from({ length: count }, () => Array.from({ length: width }, () => normal(random)));

/** The combination of rows with these coefficients. */
const rowOf = (coefficients: Vector, rows: readonly Vector[]) =>
  sum(...rows.map((row, index) => [coefficients[index]!, row] as const));

describe('combinations of coefficients are those of the rows', () => {
  const rows = draw(4);
  const gramian = SymmetricMatrix.gramian(rows);
  const [p, q] = draw(2, 4) as [number[], number[]];

  test('combination', () => {
    const [x, y] = [combination([2, -3], [p, q]), sum([2, rowOf(p, rows)], [-3, rowOf(q, rows)])];
    for (const [entry, value] of rowOf(x, rows).entries()) expect(value).toBeCloseTo(y[entry]!, 12);
    expect(combination([1, 0], [p, q.map(() => Number.POSITIVE_INFINITY)])).toEqual(p);
  });

  test('movingAverage', () => {
    expect(movingAverage(p, q, 0.25)).toEqual(combination([0.75, 0.25], [p, q]));
    expect(movingAverage(p, q, 0)).toEqual(p);
    expect(movingAverage(p, q, 1)).toEqual(q);
  });

  test('projectionFactor leaves what is orthogonal', () => {
    const factor = projectionFactor(gramian, p, q);
    const rest = rowOf(combination([1, -factor], [p, q]), rows);
    expect(Math.abs(dot(rest, rowOf(q, rows)))).toBeLessThan(1e-12);
    expect(projectionFactor(gramian, p, [0, 0, 0, 0])).toBe(0);
  });

  test('lengthOf and termsOf', () => {
    expect(lengthOf({ gramian, precision: 1e-16 }, p)).toBeCloseTo(Math.hypot(...rowOf(p, rows)), 12);
    const terms = rows.map((row, index) => Math.abs(p[index]!) * Math.hypot(...row));
    expect(termsOf(gramian, p)).toBeCloseTo(
      terms.reduce((a, b) => a + b),
      12,
    );
  });
});

test('unit and padded', () => {
  expect(unit(3, 1)).toEqual([0, 1, 0]);
  expect(padded([1, 2], 4)).toEqual([1, 2, 0, 0]);
});

test('levelGradients: the rows of each level together, zeros for an absent one', () => {
  const rows = [1, 0, 1].map((level, index) => ({ objective: `${index}`, level, batch: 0 }));
  const gramian = SymmetricMatrix.from(4, () => 0);
  expect(levelGradients({ gramian, rows, setup: { rows, levels: 3 } })).toEqual([
    [0, 1, 0, 0],
    [1, 0, 1, 0],
    [0, 0, 0, 0],
  ]);
});

describe.each([1e-12, 1e-7, 1e-4])('with inner products of the precision %s', (precision) => {
  /** Two rows of length one whose difference has this length. */
  const nearlyEqual = (length: number, error: number) => {
    const cosine = 1 - length ** 2 / 2;
    return SymmetricMatrix.from(2, (i, j) => (i === j ? 1 + error : cosine - error));
  };

  test('a length is zero, or right to half a percent, whatever the errors are', () => {
    for (let factor = 0.1; factor < 1000; factor *= 1.1) {
      const length = 2 * Math.sqrt(factor * precision);
      for (const error of [-precision, precision]) {
        const told = lengthOf({ gramian: nearlyEqual(length, error), precision }, [1, -1]);
        if (told !== 0) expect(Math.abs(told / length - 1)).toBeLessThan(0.0055);
        if (factor > 103) expect(told).toBeGreaterThan(0);
      }
    }
  });
});
