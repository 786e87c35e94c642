import { randomFrom } from '@scalpel/core';
import { relativeError } from '@scalpel/core/testing';
import { describe, expect, test } from 'vitest';
import { type StchOptions, stch } from './stch.ts';
import { derivatives, type LossStep, weightsAt, weightsOf } from './testing/weights.ts';

/** μ log Σ exp(x / μ) */
function smoothMaximum(values: readonly number[], mu: number): number {
  const largest = Math.max(...values);
  return largest + mu * Math.log(values.reduce((sum, x) => sum + Math.exp((x - largest) / mu), 0));
}

test('weights are the derivatives of the scalar', () => {
  const random = randomFrom(1);
  for (const mu of [0.1, 0.5, 1, 10]) {
    for (const options of [
      {},
      { preference: [1, 0.3, 2], ideal: [-1, 0.1, 0] },
      { ideal: 0.2 },
    ] as StchOptions[]) {
      const losses = [0, 1, 2].map(() => 0.5 + 2 * random());
      const p = options.preference ?? [1 / 3, 1 / 3, 1 / 3];
      const z = (i: number) => (typeof options.ideal === 'object' ? options.ideal[i]! : (options.ideal ?? 0));
      const scalar = (values: readonly number[]) =>
        smoothMaximum(
          values.map((loss, i) => p[i]! * (loss - z(i))),
          mu,
        );
      const weights = weightsAt(stch({ mu, ...options }), losses);
      expect(relativeError(weights, derivatives(scalar, losses))).toBeLessThan(1e-8);
    }
  }
});

test('a small μ leaves the largest term alone, a large one gives the mean of the preferences', () => {
  expect(weightsAt(stch({ mu: 1e-6 }), [1, 2, 1.5])).toEqual([0, 1 / 3, 0]);
  const weights = weightsAt(stch({ mu: 1e12, preference: [1, 2] }), [1, 2]);
  expect(relativeError(weights, [1 / 2, 1])).toBeLessThan(1e-11);
});

test('losses of any size', () => {
  expect(weightsAt(stch({ mu: 0.01 }), [1e10, -1e10])).toEqual([0.5, 0]);
  expect(weightsAt(stch({ mu: 0.01 }), [1e10, 1e10])).toEqual([0.25, 0.25]);
});

test('lists that do not fit the objectives are refused', () => {
  expect(() => weightsAt(stch({ ideal: [1, 2, 3] }), [1, 2])).toThrow(
    'stch: ideal has 3 numbers for 2 objectives. Give one per objective, in their order, or a single number for all.',
  );
  expect(() => weightsAt(stch({ preference: [1] }), [1, 2])).toThrow(
    'stch: preference has 1 numbers for 2 objectives',
  );
  expect(() => stch({ warmup: 1, ideal: 0 })).toThrow(
    'stch: option warmup: With warmup the losses are compared',
  );
  expect(() => stch({ mu: 0 })).toThrow('stch: option mu');
});

describe('with an epoch of warm-up', () => {
  const mu = 0.5;
  const steps: readonly LossStep[] = [
    { losses: [5, 7, 1], epoch: 0 },
    { losses: [2, 100, 1e-3], epoch: 1 },
    { losses: [4, 300, 3e-3], epoch: 1 },
    { losses: [1, 500, 1e-3], epoch: 2 },
    { losses: [2, null, 1e-4], epoch: 3 },
  ];
  const nadir = [3, 200, 2e-3];

  test('weights are the derivatives of Σ log L, and then of the smooth maximum of log(L / nadir)', () => {
    const weights = weightsOf(stch({ mu, warmup: 1 }), steps);
    const logarithms = (losses: readonly number[]) => losses.reduce((sum, loss) => sum + Math.log(loss), 0);
    for (const step of [0, 1, 2]) {
      const expected = derivatives(logarithms, steps[step]!.losses as number[]);
      for (const [i, slope] of expected.entries()) expect(weights[step]![i]! / slope).toBeCloseTo(1, 9);
    }
    for (const step of [3, 4]) {
      const present = [0, 1, 2].filter((i) => steps[step]!.losses[i] !== null);
      const scalar = (losses: readonly number[]) =>
        present.length *
        smoothMaximum(
          losses.map((loss, k) => Math.log(loss / nadir[present[k]!]!)),
          mu,
        );
      const expected = derivatives(
        scalar,
        present.map((i) => steps[step]!.losses[i]!),
      );
      for (const [k, slope] of expected.entries()) {
        expect(weights[step]![present[k]!]! / slope).toBeCloseTo(1, 8);
      }
    }
  });

  test('an objective that was absent then is compared with its first loss after it', () => {
    const late = steps.map((step) => (step.epoch === 1 ? { ...step, losses: [3, 200, null] } : step));
    const weights = weightsOf(stch({ mu, warmup: 1 }), late);
    const terms = [1 / 3, 500 / 200, 1].map((ratio) => ratio ** (1 / mu));
    const total = terms.reduce((a, b) => a + b);
    const expected = terms.map((term, i) => (3 * term) / total / steps[3]!.losses[i]!);
    for (const [i, weight] of expected.entries()) expect(weights[3]![i]! / weight).toBeCloseTo(1, 12);
    const later = terms.map((_, i) => steps[4]!.losses[i]);
    const again = [later[0]! / 3, later[2]! / 1e-3].map((ratio) => ratio ** (1 / mu));
    expect(weights[4]![0]! / ((2 * again[0]!) / (again[0]! + again[1]!) / later[0]!)).toBeCloseTo(1, 12);
  });

  test('a loss that is not positive is refused', () => {
    expect(() => weightsAt(stch({ warmup: 0 }), [1, 0])).toThrow('stch: the loss of "objective 1" is 0');
  });
});
