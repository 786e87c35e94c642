import { randomFrom } from '@scalpel/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanOf } from './bootstrap.ts';
import { alikeIn, meanRanks, ranksOf } from './mean-ranks.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

/** Accuracies of four classifiers on 14 problems: table 6 of Demšar (JMLR 7, 2006). */
const DEMSAR = [
  [0.763, 0.768, 0.771, 0.798],
  [0.599, 0.591, 0.59, 0.569],
  [0.954, 0.971, 0.968, 0.967],
  [0.628, 0.661, 0.654, 0.657],
  [0.882, 0.888, 0.886, 0.898],
  [0.936, 0.931, 0.916, 0.931],
  [0.661, 0.668, 0.609, 0.685],
  [0.583, 0.583, 0.563, 0.625],
  [0.775, 0.838, 0.866, 0.875],
  [1, 1, 1, 1],
  [0.94, 0.962, 0.965, 0.962],
  [0.619, 0.666, 0.614, 0.669],
  [0.972, 0.981, 0.9751, 0.975],
  [0.957, 0.978, 0.946, 0.97],
];

describe('mean ranks', () => {
  test('are those that Demšar prints, with his critical difference of 1.25', () => {
    const { methods, criticalDifference, p } = meanRanks(names(14), ['C4.5', '+m', '+cf', '+m+cf'], DEMSAR);
    const rank = Object.fromEntries(methods.map((method) => [method.label, method.rank]));
    expect(rank['C4.5']).toBeCloseTo(3.143, 3);
    expect(rank['+m']).toBeCloseTo(2, 3);
    expect(rank['+cf']).toBeCloseTo(2.893, 3);
    expect(rank['+m+cf']).toBeCloseTo(1.964, 3);
    expect(criticalDifference).toBeCloseTo(1.25, 2);
    // Demšar has χ² = 9.28 with 3 degrees of freedom. Corrected for the ties of three pairs and one problem
    // it is 10.2: p = 0.017.
    expect(p).toBeGreaterThan(0.01);
    expect(p).toBeLessThan(0.02);
  });

  // Demšar's table 5a.
  test.each([
    [2, 1.96],
    [3, 2.343],
    [4, 2.569],
    [5, 2.728],
    [6, 2.85],
    [7, 2.949],
    [8, 3.031],
    [9, 3.102],
    [10, 3.164],
  ])('of %i methods have the critical value %f', (count, value) => {
    const { criticalDifference } = meanRanks(
      ['a', 'b'],
      names(count),
      [names(count), names(count)].map(zeros),
    );
    expect(criticalDifference / Math.sqrt((count * (count + 1)) / 12)).toBeCloseTo(value, 2);
  });

  test('add up to the same whatever the scores, and see their order alone', () => {
    const scores = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }), {
      minLength: 2,
      maxLength: 4,
    });
    fc.assert(
      fc.property(scores, (rows) => {
        const { methods, p } = meanRanks(names(rows.length), names(4), rows);
        expect(methods.reduce((sum, { rank }) => sum + rank, 0)).toBeCloseTo(10, 12);
        const changed = rows.map((row) => row.map((score) => Math.exp(score) - 7));
        expect(meanRanks(names(rows.length), names(4), changed)).toEqual({
          problems: names(rows.length),
          methods,
          p,
          criticalDifference: expect.any(Number),
        });
      }),
      { numRuns: 20 },
    );
    expect(ranksOf([3, 1, 3, 0])).toEqual([1.5, 3, 1.5, 4]);
  });

  test('of methods that are alike are rarely far apart, and of an order that is always the same they are', () => {
    const trials = Array.from({ length: 100 }, (_, trial) => {
      const random = randomFrom(trial);
      const scores = Array.from({ length: 5 }, () => names(4).map(random));
      return meanRanks(names(5), names(4), scores);
    });
    const apart = trials.map(({ methods, criticalDifference }) =>
      methods.at(-1)!.rank - methods[0]!.rank > criticalDifference ? 1 : 0,
    );
    expect(meanOf(apart)).toBeLessThan(0.12);
    expect(meanOf(trials.map(({ p }) => (p <= 0.05 ? 1 : 0)))).toBeLessThan(0.12);
    const same = meanRanks(names(5), names(4), Array(5).fill([4, 3, 2, 1]));
    expect(same.p).toBeLessThan(0.001);
    expect(alikeIn(same)).toEqual([
      ['m0', 'm1', 'm2'],
      ['m1', 'm2', 'm3'],
    ]);
  });

  test('compare no pairs where the whole shows nothing: two methods over five problems have at least p = 1 / 16', () => {
    const always = meanRanks(names(5), names(2), Array(5).fill([2, 1]));
    expect(always.methods[1]!.rank - always.methods[0]!.rank).toBeGreaterThan(always.criticalDifference);
    expect(always.p).toBeCloseTo(1 / 16, 2);
    expect(alikeIn(always)).toEqual([['m0', 'm1']]);
    expect(alikeIn(meanRanks(names(6), names(2), Array(6).fill([2, 1])))).toEqual([]);
  });

  test('need two of each', () => {
    expect(() => meanRanks(['a'], names(2), [[1, 2]])).toThrow('two problems or more');
    expect(() => meanRanks(['a', 'b'], ['m'], [[1], [1]])).toThrow('two methods or more');
  });
});

test('methods that are all alike are one run, and those that all differ are none', () => {
  const ranks = (ranks: number[]) => ({
    problems: ['a', 'b'],
    methods: ranks.map((rank, index) => ({ label: `m${index}`, rank })),
    p: 0.01,
    criticalDifference: 1,
  });
  expect(alikeIn(ranks([1, 1.5, 2]))).toEqual([['m0', 'm1', 'm2']]);
  expect(alikeIn(ranks([1, 2.5, 4]))).toEqual([]);
});

function zeros(labels: readonly string[]): number[] {
  return labels.map(() => 0);
}
