import { normal, randomFrom } from '@scalpel/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bootstrap, bootstrapAll, meanOf } from './bootstrap.ts';

test('one sample has no interval, nor has a statistic without a value in some draw', () => {
  expect(bootstrap([], meanOf)).toBeNull();
  expect(bootstrap([1], meanOf)).toBeNull();
  expect(bootstrap([1, 2, 3], (drawn) => (drawn.includes(3) ? meanOf(drawn) : null))).toBeNull();
});

test('samples that agree have an interval of no width', () => {
  expect(bootstrap([2, 2, 2], meanOf)).toEqual({ low: 2, high: 2, samples: 3 });
});

test('is the same every time', () => {
  expect(bootstrap([1, 5, 2, 8], meanOf)).toEqual(bootstrap([1, 5, 2, 8], meanOf));
});

test('several statistics of the same draws have the intervals that each has alone', () => {
  const samples = [1, 5, 2, 8];
  const statistics = [
    meanOf,
    (drawn: readonly number[]) => Math.max(...drawn),
    (drawn: readonly number[]) => (drawn.includes(8) ? 1 : null),
  ];
  const together = bootstrapAll(samples, (drawn) => statistics.map((statistic) => statistic(drawn)));
  expect(together).toEqual(statistics.map((statistic) => bootstrap(samples, statistic)));
  expect(together[2]).toBeNull();
  expect(bootstrapAll([1], (drawn) => [meanOf(drawn), 2])).toEqual([null, null]);
});

// Quantiles of Student's t at 0.975, from printed tables.
test.each([
  [2, 12.706],
  [3, 4.303],
  [5, 2.776],
  [10, 2.262],
  [31, 2.042],
])('of the mean of %i samples is ± %f standard errors', (count, quantile) => {
  const random = randomFrom(3);
  const samples = Array.from({ length: count }, () => normal(random));
  const mean = meanOf(samples);
  const error = Math.sqrt(
    samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (count - 1) / count,
  );
  const { low, high } = bootstrap(samples, meanOf)!;
  expect((low + high) / 2).toBeCloseTo(mean, 12);
  expect((high - low) / 2 / error / quantile).toBeGreaterThan(0.94);
  expect((high - low) / 2 / error / quantile).toBeLessThan(1.06);
});

test('moves and scales with the samples', () => {
  const samples = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(
      samples,
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
      (values, scale, shift) => {
        const before = bootstrap(values, meanOf)!;
        const after = bootstrap(
          values.map((value) => scale * value + shift),
          meanOf,
        )!;
        expect(after.low).toBeCloseTo(scale * before.low + shift, 8);
        expect(after.high).toBeCloseTo(scale * before.high + shift, 8);
      },
    ),
    { numRuns: 20 },
  );
});

/** The share of 300 experiments whose interval holds the true mean. */
function coverage(count: number, draw: (random: () => number) => number, truth: number): number {
  const covered = Array.from({ length: 300 }, (_, trial) => {
    const random = randomFrom(11, trial);
    const samples = Array.from({ length: count }, () => draw(random));
    const { low, high } = bootstrap(samples, meanOf)!;
    return low <= truth && truth <= high ? 1 : 0;
  });
  return meanOf(covered);
}

test.each([3, 5, 10])('covers the truth in 95 % of the cases with %i normal samples', (count) => {
  expect(coverage(count, normal, 0)).toBeGreaterThan(0.92);
  expect(coverage(count, normal, 0)).toBeLessThan(0.98);
});

test.each([3, 5, 10])('covers it in at least 84 % with %i samples of a lopsided distribution', (count) => {
  expect(coverage(count, (random) => -Math.log(1 - random()), 1)).toBeGreaterThan(0.84);
});
