import { combineVectors, gradients, matrixBank, sum } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { trimmedMean } from './trimmed-mean.ts';

const zeros = (count: number) => new Array<number>(count).fill(0);
const combine = (trim: number, rows: readonly (readonly number[] | null)[]) =>
  combineVectors(trimmedMean({ trim }), zeros(rows.length), rows).direction;

test('each element lies between the second smallest and the second largest', () => {
  for (const { name, rows } of matrixBank()) {
    if (rows.length < 3) continue;
    const direction = combine(1, rows);
    for (const [entry, x] of direction.entries()) {
      const column = rows.map((row) => row[entry]!).sort((a, b) => a - b);
      const [least, most] = [column[1]!, column.at(-2)!];
      expect(x, name).toBeGreaterThanOrEqual(least - 1e-12 * Math.abs(least));
      expect(x, name).toBeLessThanOrEqual(most + 1e-12 * Math.abs(most));
    }
  }
});

test('the mean of what is left when extremes are taken away one by one', () => {
  const draw = gradients(3, 7, 5);
  for (const trim of [0, 1, 2, 3]) {
    const rows = draw();
    const expected = rows[0]!.map((_, entry) => {
      const column = rows.map((row) => row[entry]!);
      for (let i = 0; i < trim; i++) {
        column.splice(column.indexOf(Math.max(...column)), 1);
        column.splice(column.indexOf(Math.min(...column)), 1);
      }
      return column.reduce((a, b) => a + b) / column.length;
    });
    for (const [entry, x] of combine(trim, rows).entries()) expect(x).toBeCloseTo(expected[entry]!, 14);
  }
});

test('no trim is the mean', () => {
  const rows = gradients(1, 4, 6)();
  const mean = sum(...rows.map((row) => [1 / 4, row] as const));
  for (const [entry, x] of combine(0, rows).entries()) expect(x).toBeCloseTo(mean[entry]!, 14);
});

test('the published value, where subtracting extremes from the sum would leave nothing', () => {
  const rows = [
    [1e11, 3],
    [1, -1e11],
    [-1e10, 1e10],
    [2, 2],
  ];
  expect(combine(1, rows)).toEqual([1.5, 2.5]);
});

describe('too few gradients', () => {
  test('are refused at once where that can never be mended', () => {
    expect(() => combine(1, [[1], [2]])).toThrow(
      'trimmed-mean: trim 1 leaves nothing of 2 gradients. Give at least 3 objectives, or trim less.',
    );
  });

  test('stop the step in which objectives are absent', () => {
    expect(combine(1, [[4], null, [2], [9]])).toEqual([4]);
    expect(() => combine(1, [[4], null, [2], null])).toThrow('leaves nothing of 2 gradients');
  });
});

test.each([-1, 0.5, Number.NaN])('trim %f is refused', (trim) => {
  expect(() => trimmedMean({ trim })).toThrow(/trimmed-mean: option trim/);
});
