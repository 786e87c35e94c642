import { describe, expect, test } from 'vitest';
import { expectedRemoved, noiseAt, removedAt, restOf } from './projection.ts';

describe('the noise of a batch (arXiv 2402.02998, figure 2)', () => {
  const samples = 4000;
  const found = [0, 0.3, 1, 3, 10].map((deviation) => noiseAt(deviation, samples, 0));

  test('without noise the mean is the projection, and with much of it (1 − 1/p) of the gradient', () => {
    expect(found[0]!.toBloop).toBeLessThan(1e-9);
    // Each number of the mean has a standard error of about 1/√(p · samples) times a component of gₐ.
    expect(found.at(-1)!.toMixed).toBeLessThan(0.1 * found.at(-1)!.toBloop);
  });

  test('more noise leads from Bloop to mixing', () => {
    for (const [index, { toBloop, toMixed }] of found.entries()) {
      if (index === 0) continue;
      expect(toBloop).toBeGreaterThan(found[index - 1]!.toBloop);
      expect(toMixed).toBeLessThan(found[index - 1]!.toMixed);
    }
  });

  test('half way is where noise is as long as the gradient', () => {
    const [, less, equal, more] = found as [...typeof found];
    expect(less!.toBloop).toBeLessThan(less!.toMixed);
    expect(equal!.toBloop / equal!.toMixed).toBeGreaterThan(0.7);
    expect(equal!.toBloop / equal!.toMixed).toBeLessThan(1.4);
    expect(more!.toBloop).toBeGreaterThan(more!.toMixed);
  });
});

describe('near a stationary point', () => {
  test('the projection takes away what the lengths of gradient and noise let expect', () => {
    for (const ratio of [10, 1, 0.1]) {
      for (const rho of [1, 0.1]) {
        const removed = removedAt(ratio, rho, 4000, 1);
        expect(Math.abs(removed - expectedRemoved(ratio, rho)), `${ratio}, ${rho}`).toBeLessThan(0.03);
      }
    }
  });

  test('all of it, or 1/p of it, at the ends; half of it where ‖g‖ is √(ρ/2) of the noise', () => {
    expect(expectedRemoved(1e6, 1)).toBeCloseTo(1, 9);
    expect(expectedRemoved(0, 0.01)).toBe(0.01);
    for (const rho of [0.1, 0.01, 0.001]) {
      expect(Math.abs(expectedRemoved(Math.sqrt(rho / 2), rho) - 0.5)).toBeLessThan(0.02);
    }
  });
});

test('without noise the main parameter stays at rounding, or is thrown as far as one step goes', () => {
  for (const lambda of [0.1, 1]) expect(restOf(lambda)).toBeLessThan(1e-16);
  expect(restOf(0.01)).toBeCloseTo(0.5 * 0.01, 12);
});
