import { combineVectors, matrixBank, sum } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { type GraddropOptions, graddrop } from './graddrop.ts';

const combine = (rows: readonly (readonly number[] | null)[], options: GraddropOptions = {}) =>
  combineVectors(graddrop(options), new Array<number>(rows.length).fill(0), rows).direction;

/** One element, with the number that is drawn. */
const element = (column: readonly number[], drawn: number) =>
  graddrop().element({
    setup: { rows: [], levels: 1 },
    rows: column.map((_, row) => ({ objective: `${row}`, level: 0, batch: 0 })),
    losses: column.map(() => 0),
    step: 0,
    epoch: 0,
    random: () => drawn,
    column,
  });

test('each element is the sum of its positive gradients or that of its negative ones', () => {
  for (const { name, rows } of matrixBank()) {
    for (const [entry, x] of combine(rows).entries()) {
      const column = rows.map((row) => row[entry]!);
      const ofSign = (sign: number) => column.filter((y) => y * sign > 0).reduce((a, b) => a + b, 0);
      expect([ofSign(1), ofSign(-1)], name).toContain(x);
    }
  }
});

test('on average it is P times the positive part plus 1 − P times the negative one', () => {
  const width = 20_000;
  const column = [3, -1, 2, -2];
  const direction = combine(column.map((x) => new Array<number>(width).fill(x)));
  // P = ½ (1 + 2/8)
  const share = direction.filter((x) => x > 0).length / width;
  expect(Math.abs(share - 0.625)).toBeLessThan((4 * Math.sqrt(0.625 * 0.375)) / Math.sqrt(width));
  expect(new Set(direction)).toEqual(new Set([5, -3]));
});

test('the sign changes where the drawn number passes P', () => {
  expect(element([3, -1], 0.75 - 2 ** -24)).toBe(3);
  expect(element([3, -1], 0.75)).toBe(-1);
});

test.each([0, 2 ** -33, 0.5, 1 - 2 ** -32])(
  'gradients of one sign are added up, whatever is drawn: %f',
  (drawn) => {
    expect(element([1, 2, 0], drawn)).toBe(3);
    expect(element([-1, 0, -2], drawn)).toBe(-3);
    expect(element([0, 0, 0], drawn)).toBe(0);
  },
);

test('an element of zeros takes its number all the same', () => {
  const width = 50;
  const columns = Array.from({ length: width }, () => [1, -1]);
  const rows = (zeroAt: number) => [0, 1].map((row) => columns.map((c, i) => (i === zeroAt ? 0 : c[row]!)));
  const all = combine(rows(-1));
  expect(new Set(all)).toEqual(new Set([1, -1]));
  expect(combine(rows(7))).toEqual(all.map((x, i) => (i === 7 ? 0 : x)));
});

describe('the leak', () => {
  test('of 1 is the sum, of ½ is halfway', () => {
    for (const { name, rows } of matrixBank()) {
      const [dropped, half, whole] = [0, 0.5, 1].map((leak) => combine(rows, { leak }));
      const total = sum(...rows.map((row) => [1, row] as const));
      const size = Math.max(...rows.flat().map(Math.abs));
      for (const [entry, x] of total.entries()) {
        expect(Math.abs(whole![entry]! - x), name).toBeLessThanOrEqual(1e-14 * size);
        const expected = (dropped![entry]! + whole![entry]!) / 2;
        expect(Math.abs(half![entry]! - expected), name).toBeLessThanOrEqual(1e-14 * size);
      }
    }
  });

  test('of a list belongs to its objective, present or not', () => {
    const leak = [0, 1, 0.25];
    expect([1 - 8 / 4, -8]).toContain(combine([[1], null, [-8]], { leak })[0]);
    expect([4 - 8 / 4, 4 - 8]).toContain(combine([null, [4], [-8]], { leak })[0]);
    expect(combine([[1], [4], null], { leak })).toEqual([5]);
  });

  test.each([-0.1, 1.1, Number.NaN, [0.5, 2]])('%j is refused', (leak) => {
    expect(() => graddrop({ leak })).toThrow(/graddrop: option leak: Give/);
  });

  test('of a list must fit the objectives', () => {
    expect(() => combine([[1]], { leak: [0.5, 0.5] })).toThrow(
      'graddrop: leak has 2 numbers for 1 objectives. Give one per objective',
    );
  });
});
