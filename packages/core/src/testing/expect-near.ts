import { expect } from 'vitest';
import { sum, type Vector } from './vectors.ts';

/** Expects ‖actual − expected‖ below tolerance · ‖expected‖, which counts as 0.001 if it is shorter. */
export function expectNear(actual: Vector, expected: Vector, tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const size = Math.max(1e-3, Math.hypot(...expected));
  expect(Math.hypot(...sum([1, actual], [-1, expected]))).toBeLessThan(tolerance * size);
}
