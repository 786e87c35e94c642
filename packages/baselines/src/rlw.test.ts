import { expect, test } from 'vitest';
import { random } from './random.ts';
import { rlw } from './rlw.ts';
import { weightsOf } from './testing/weights.ts';

const steps = Array.from({ length: 4000 }, () => ({ losses: [1, 1, 1] }));

test('positive weights that add up to one, new ones each step, the same for the same seed', () => {
  const weights = weightsOf(rlw(), steps, 3);
  for (const own of weights) {
    expect(Math.min(...own)).toBeGreaterThan(0);
    expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 14);
  }
  expect(new Set(weights.flat()).size).toBe(3 * steps.length);
  expect(weightsOf(rlw(), steps, 3)).toEqual(weights);
  expect(weightsOf(rlw(), steps, 4)[0]).not.toEqual(weights[0]);
});

test('they are softmax of standard normal numbers: log wᵢ − log wⱼ has mean 0 and variance 2', () => {
  const differences = weightsOf(rlw(), steps).flatMap(([a, b, c]) => [Math.log(a! / b!), Math.log(b! / c!)]);
  const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
  const variance = differences.reduce((sum, x) => sum + x ** 2, 0) / differences.length;
  expect(Math.abs(mean)).toBeLessThan(0.06);
  expect(Math.abs(variance - 2)).toBeLessThan(0.15);
});

test('they are those of random, under a name of its own', () => {
  expect(weightsOf(rlw(), steps.slice(0, 5))).toEqual(weightsOf(random(), steps.slice(0, 5)));
  expect(rlw().name).toBe('rlw');
});
