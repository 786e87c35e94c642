import { randomFrom } from '@scalpel/core';
import { dot, sum } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { type CosmosOptions, cosmos } from './cosmos.ts';
import { derivatives, weightsAt, weightsOf } from './testing/weights.ts';

const random = randomFrom(1);
const draws = Array.from({ length: 60 }, (_, draw) => {
  const count = 2 + (draw % 4);
  return {
    preference: Array.from({ length: count }, () => random()),
    losses: Array.from({ length: count }, () => 10 ** (4 * random() - 2)),
    lambda: 10 ** (3 * random() - 2),
  };
});

test('weights are the derivatives of Σ r L − λ cos(r, L)', () => {
  for (const { preference, losses, lambda } of draws) {
    const scalar = (l: readonly number[]) =>
      dot(preference, l) - (lambda * dot(preference, l)) / Math.hypot(...preference) / Math.hypot(...l);
    const weights = weightsAt(cosmos({ preference, lambda }), losses);
    const size = Math.hypot(...preference) + lambda / Math.hypot(...losses);
    const error = Math.hypot(...sum([1, weights], [-1, derivatives(scalar, losses)]));
    expect(error / size).toBeLessThan(1e-8);
  }
});

test('the pull is orthogonal to the losses: their scale changes neither cosine nor angle', () => {
  for (const { preference, losses, lambda } of draws) {
    const pull = sum([1, weightsAt(cosmos({ preference, lambda }), losses)], [-1, preference]);
    expect(Math.abs(dot(pull, losses))).toBeLessThan(1e-13 * (lambda + dot(preference, losses)));
  }
});

test('losses in proportion to the preference are not pulled, whatever their size', () => {
  for (const scale of [1e-10, 1, 1e10]) {
    expect(weightsAt(cosmos(), [scale, scale, scale])).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(weightsAt(cosmos({ preference: [1, 2] }), [scale, 2 * scale])).toEqual([1, 2]);
  }
});

test('where there is no angle the pull is left out', () => {
  expect(weightsAt(cosmos({ lambda: 5 }), [0, 0])).toEqual([0.5, 0.5]);
  expect(weightsAt(cosmos({ preference: [0, 0] }), [1, 2])).toEqual([0, 0]);
});

test('a preference that is drawn: new each step, from the Dirichlet distribution with its mean and variance', () => {
  const steps = Array.from({ length: 6000 }, () => ({ losses: [1, 1, 1] }));
  for (const concentration of [0.05, 0.5, 1, 4]) {
    const options: CosmosOptions = { concentration, lambda: 0 };
    const drawn = weightsOf(cosmos(options), steps);
    for (const r of drawn) {
      expect(Math.min(...r)).toBeGreaterThanOrEqual(0);
      expect(r.reduce((a, b) => a + b)).toBeCloseTo(1, 13);
    }
    for (const i of [0, 1, 2]) {
      const mean = drawn.reduce((total, r) => total + r[i]!, 0) / drawn.length;
      const variance = drawn.reduce((total, r) => total + (r[i]! - 1 / 3) ** 2, 0) / drawn.length;
      const exact = 2 / 9 / (3 * concentration + 1);
      expect(Math.abs(mean - 1 / 3)).toBeLessThan(5 * Math.sqrt(exact / drawn.length));
      expect(Math.abs(variance / exact - 1)).toBeLessThan(0.15);
    }
    expect(weightsOf(cosmos(options), steps.slice(0, 3))).toEqual(drawn.slice(0, 3));
  }
});

test('a tiny concentration still gives a preference', () => {
  const steps = Array.from({ length: 50 }, () => ({ losses: [1, 2] }));
  for (const r of weightsOf(cosmos({ concentration: 1e-6, lambda: 0 }), steps)) {
    expect(r[0]! + r[1]!).toBeCloseTo(1, 13);
  }
});

test('a preference that is both given and drawn is refused', () => {
  expect(() => cosmos({ preference: [1, 1], concentration: 1 })).toThrow(
    'cosmos: option concentration: The preference is either given or drawn',
  );
});
