import { normal, randomFrom } from '@scalpel/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holm, leastP, signFlipTest } from './paired-test.ts';

const differences = fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 2, maxLength: 10 });

describe('the sign-flip test', () => {
  test("gives p = 0.053 for Darwin's maize, in eighths of an inch (Fisher 1935, section 21)", () => {
    const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];
    // 863 of 32,768 choices have a sum as high as 314, and as many have one as low.
    expect(signFlipTest(maize)).toBe((2 * 863) / 2 ** 15);
  });

  test('of one sign is the least that is possible, 2^(1−n)', () => {
    for (const count of [2, 3, 5, 10, 16]) {
      const all = Array.from({ length: count }, (_, index) => 1 + index);
      expect(signFlipTest(all)).toBe(2 ** (1 - count));
      expect(leastP(count)).toBe(2 ** (1 - count));
    }
    expect(signFlipTest(Array(40).fill(1))).toBe(leastP(40));
  });

  test('is 1 without any difference, and unknown of a single pair', () => {
    expect(signFlipTest([0, 0, 0])).toBe(1);
    expect(signFlipTest([1])).toBeNull();
    expect(signFlipTest([])).toBeNull();
  });

  test('does not depend on order, sign of all, or scale, and a pair without a difference changes nothing', () => {
    fc.assert(
      fc.property(differences, (values) => {
        const p = signFlipTest(values);
        expect(signFlipTest(values.toReversed())).toBe(p);
        expect(signFlipTest(values.map((value) => -value))).toBe(p);
        expect(signFlipTest(values.map((value) => value * 0.1))).toBe(p);
        expect(signFlipTest([0, ...values])).toBe(p);
      }),
    );
  });

  test('rejects what is true in no more cases than it says, however lopsided the differences', () => {
    const trials = Array.from({ length: 2_000 }, (_, trial) => {
      const random = randomFrom(5, trial);
      // Both sides have the same distribution, so their difference is symmetric.
      const side = () => Math.exp(2 * normal(random));
      return signFlipTest(Array.from({ length: 8 }, () => side() - side()))!;
    });
    for (const level of [0.05, 0.1, 0.3]) {
      const rejected = trials.filter((p) => p <= level).length / trials.length;
      expect(rejected).toBeLessThan(level + 3 * Math.sqrt((level * (1 - level)) / trials.length));
      expect(rejected).toBeGreaterThan(level / 2);
    }
  });

  test('with many pairs comes near the exact value: of equal sizes the signs are binomial', () => {
    for (const [count, negative] of [
      [40, 12],
      [60, 25],
    ] as const) {
      const values = Array.from({ length: count }, (_, index) => (index < negative ? -1 : 1));
      let [term, tail] = [2 ** -count, 0];
      for (let k = 0; k <= negative; k++) {
        tail += term;
        term *= (count - k) / (k + 1);
      }
      const error = Math.sqrt((2 * tail) / 65_536);
      expect(Math.abs(signFlipTest(values)! - 2 * tail)).toBeLessThan(3 * error);
    }
  });
});

describe("Holm's correction", () => {
  test('is the textbook case', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
    expect(holm([0.7, 0.8])).toEqual([1, 1]);
  });

  test('never lowers p, keeps their order, and lies between no correction and that of Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }), (values) => {
        const corrected = holm(values);
        for (const [i, p] of values.entries()) {
          expect(corrected[i]).toBeGreaterThanOrEqual(p);
          expect(corrected[i]).toBeLessThanOrEqual(Math.min(1, values.length * p));
          for (const [j, other] of values.entries())
            if (p < other) expect(corrected[i]).toBeLessThanOrEqual(corrected[j]!);
        }
      }),
    );
  });
});
