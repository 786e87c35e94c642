import { expect, test } from 'vitest';
import { normal, randomFrom } from './random.ts';

test('normal numbers have the moments and the tails of the standard normal distribution', () => {
  const random = randomFrom(3);
  const count = 100_000;
  const draws = Array.from({ length: count }, () => normal(random));
  const mean = (f: (x: number) => number) => draws.reduce((sum, x) => sum + f(x), 0) / count;
  // Four standard errors each.
  expect(Math.abs(mean((x) => x))).toBeLessThan(4 / Math.sqrt(count));
  expect(Math.abs(mean((x) => x ** 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  expect(Math.abs(mean((x) => x ** 3))).toBeLessThan(4 * Math.sqrt(15 / count));
  expect(Math.abs(mean((x) => x ** 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
  expect(Math.abs(mean((x) => +(x > 1)) - 0.158655)).toBeLessThan(4 * Math.sqrt(0.1335 / count));
});

test('normal numbers are finite at both ends of the uniform ones, and replay', () => {
  for (const uniform of [0, 1 - 2 ** -32]) expect(normal(() => uniform)).toSatisfy(Number.isFinite);
  const [first, second] = [randomFrom(1, 2), randomFrom(1, 2)];
  expect(normal(first)).toBe(normal(second));
});
