import { createVectorEngine } from '@scalpel/core';
import { withPriorities } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { random } from './random.ts';

/** The weights of many steps, read from the directions of unit rows. */
function weightsOf(count: number, steps: number, seed = 3): readonly (readonly number[])[] {
  const engine = createVectorEngine({
    combiner: random(),
    objectives: withPriorities(...Array.from({ length: count }, () => 0)),
    seed,
  });
  const rows = Array.from({ length: count }, (_, i) => Array.from({ length: count }, (_, j) => +(i === j)));
  return Array.from({ length: steps }, () => engine.step({ batches: [rows] }).direction);
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

test('the weights are positive and add up to one, another draw each step, the same for the same seed', () => {
  const draws = weightsOf(4, 100);
  for (const weights of draws) {
    expect(Math.min(...weights)).toBeGreaterThan(0);
    expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
  }
  expect(new Set(draws.map(String)).size).toBe(100);
  expect(weightsOf(4, 100)).toEqual(draws);
  expect(weightsOf(4, 100, 4)).not.toEqual(draws);
});

test('the logarithms of their quotients are differences of standard normal numbers', () => {
  const logarithms = weightsOf(2, 20_000).map(([a, b]) => Math.log(a! / b!));
  // Variance 2, fourth moment 12; four standard errors each.
  expect(Math.abs(mean(logarithms))).toBeLessThan(4 * Math.sqrt(2 / 20_000));
  expect(Math.abs(mean(logarithms.map((x) => x ** 2)) - 2)).toBeLessThan(4 * Math.sqrt(8 / 20_000));
});

test('every order of the objectives is equally likely', () => {
  const counts = new Map<string, number>();
  const steps = 12_000;
  for (const weights of weightsOf(3, steps)) {
    const order = String([0, 1, 2].sort((a, b) => weights[a]! - weights[b]!));
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  // Chi-squared with five degrees of freedom: above 20.5 once in a thousand.
  const deviation = [...counts.values()].reduce((sum, n) => sum + (n - steps / 6) ** 2 / (steps / 6), 0);
  expect(deviation).toBeLessThan(20.5);
});

test('absent objectives have no share', () => {
  const engine = createVectorEngine({ combiner: random(), objectives: withPriorities(0, 0, 0) });
  const { coefficients } = engine.step({ batches: [[[1], null, [1]]] });
  expect(coefficients).toHaveLength(2);
  expect(coefficients[0]! + coefficients[1]!).toBeCloseTo(1, 14);
});
