import { expect, test } from 'vitest';
import { normal, randomFrom, shuffle } from './random.ts';

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

test('a shuffle keeps the items, replays, and gives every order the same chance', () => {
  const counts = new Map<string, number>();
  const random = randomFrom(7);
  const draws = 60_000;
  for (let draw = 0; draw < draws; draw++) {
    const order = shuffle([0, 1, 2, 3], random).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const expected = draws / 24;
  const square = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // Of 23 degrees of freedom: exceeded once in a million.
  expect(square).toBeLessThan(71.2);
  expect(shuffle(Int32Array.of(5, 6, 7), randomFrom(1))).toEqual(
    shuffle(Int32Array.of(5, 6, 7), randomFrom(1)),
  );
});
