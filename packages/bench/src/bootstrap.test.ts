import { randomFrom } from '@scalpel/core';
import { expect, test } from 'vitest';
import { bootstrap } from './bootstrap.ts';

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test('one sample has no interval', () => {
  expect(bootstrap([], mean)).toBeNull();
  expect(bootstrap([1], mean)).toBeNull();
});

test('samples that agree have an interval of no width', () => {
  expect(bootstrap([2, 2, 2], mean)).toEqual({ low: 2, high: 2, samples: 3 });
});

test('two samples: their means fall on the ends in a quarter of the draws each', () => {
  expect(bootstrap([0, 1], mean)).toEqual({ low: 0, high: 1, samples: 2 });
});

test('is the same every time', () => {
  expect(bootstrap([1, 5, 2, 8], mean)).toEqual(bootstrap([1, 5, 2, 8], mean));
});

test('of a mean of many samples is ± 1.96 standard errors', () => {
  const random = randomFrom(3);
  const samples = Array.from({ length: 400 }, () => random());
  const interval = bootstrap(samples, mean)!;
  const error = Math.sqrt(mean(samples.map((x) => (x - mean(samples)) ** 2)) / samples.length);
  expect((interval.high - mean(samples)) / error).toBeCloseTo(1.96, 0);
  expect((mean(samples) - interval.low) / error).toBeCloseTo(1.96, 0);
});

test('covers the truth about as often as it says', () => {
  const covered = Array.from({ length: 200 }, (_, trial) => {
    const random = randomFrom(11, trial);
    const { low, high } = bootstrap(
      Array.from({ length: 30 }, () => random()),
      mean,
    )!;
    return low <= 0.5 && 0.5 <= high ? 1 : 0;
  });
  expect(mean(covered)).toBeGreaterThan(0.88);
});
