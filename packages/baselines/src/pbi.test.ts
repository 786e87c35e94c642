import { randomFrom } from '@scalpel/core';
import { dot, relativeError, sum } from '@scalpel/core/testing';
import { expect, test } from 'vitest';
import { pbi } from './pbi.ts';
import { derivatives, weightsAt, weightsOf } from './testing/weights.ts';

const random = randomFrom(1);
const draws = Array.from({ length: 60 }, (_, draw) => {
  const count = 2 + (draw % 4);
  const scale = 10 ** (20 * random() - 10);
  return {
    preference: Array.from({ length: count }, () => random()),
    losses: Array.from({ length: count }, () => scale * (0.5 + random())),
    ideal: Array.from({ length: count }, () => 0.4 * scale * random()),
    theta: 10 * random(),
  };
});

test('weights are the derivatives of d₁ + θ d₂', () => {
  for (const { losses, ...options } of draws) {
    const { preference, ideal, theta } = options;
    const ray = preference.map((x) => x / Math.hypot(...preference));
    const scalar = (values: readonly number[]) => {
      const v = sum([1, values], [-1, ideal]);
      const along = dot(v, ray);
      return along + theta * Math.hypot(...sum([1, v], [-along, ray]));
    };
    expect(relativeError(weightsAt(pbi(options), losses), derivatives(scalar, losses))).toBeLessThan(1e-7);
  }
});

test('what leaves the ray is orthogonal to it and θ long', () => {
  for (const { losses, ...options } of draws) {
    const ray = options.preference.map((x) => x / Math.hypot(...options.preference));
    const away = sum([1, weightsAt(pbi(options), losses)], [-1, ray]);
    expect(Math.hypot(...away)).toBeCloseTo(options.theta, 10);
    expect(Math.abs(dot(away, ray))).toBeLessThan(1e-13 * (1 + options.theta));
  }
});

test('on the ray only the distance along it counts, at any scale', () => {
  for (const scale of [1e-10, 1, 1e10]) {
    const weights = weightsAt(pbi({ preference: [3, 4] }), [3 * scale, 4 * scale]);
    expect(relativeError(weights, [0.6, 0.8])).toBeLessThan(1e-15);
    const equal = weightsAt(pbi(), [scale / 3, scale / 3, scale / 3]);
    expect(relativeError(equal, new Array<number>(3).fill(1 / Math.sqrt(3)))).toBeLessThan(1e-15);
  }
  expect(weightsAt(pbi(), [7])).toEqual([1]);
  expect(weightsAt(pbi(), [0, 0])).toEqual([Math.SQRT1_2, Math.SQRT1_2].map((x) => expect.closeTo(x, 15)));
});

test('the ray of the objectives present', () => {
  const weights = weightsOf(pbi({ preference: [3, 5, 4] }), [{ losses: [3, null, 4] }])[0]!;
  expect(relativeError(weights, [0.6, 0, 0.8])).toBeLessThan(1e-15);
});

test('without a ray it is the distance from the ideal point', () => {
  const weights = weightsAt(pbi({ preference: [0, 0], ideal: 1, theta: 2 }), [4, 5]);
  expect(relativeError(weights, [2 * 0.6, 2 * 0.8])).toBeLessThan(1e-15);
});
