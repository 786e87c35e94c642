import { checkNumbers, randomFrom } from '@scalpel/core';

/** Up to this many pairs the test tries all signs; beyond, it draws them at random. */
const EXACT = 16;
const DRAWS = 2 ** EXACT;

/** Sums that differ only by rounding are equal. */
const ROUNDING = 1e-12;

/**
 * Two-sided sign-flip test of paired differences (Fisher, The Design of Experiments, 1935). If both sides are
 * alike, every difference could as well have the other sign. p is the share of all choices of signs whose sum
 * is at least as far from 0 as the observed one. It is exact up to 16 pairs, and estimated from 65,536 random
 * choices beyond. It is never below 2^(1−n), since the choice with all signs reversed is as far from 0. Null
 * with fewer than two pairs.
 */
export function signFlipTest(differences: readonly number[]): number | null {
  checkNumbers('signFlipTest', { differences });
  const count = differences.length;
  if (count < 2) return null;
  const size = differences.reduce((sum, difference) => sum + Math.abs(difference), 0);
  const seen = Math.abs(differences.reduce((sum, difference) => sum + difference, 0)) - ROUNDING * size;
  const isAsFar = (flipped: (index: number) => boolean) => {
    const sum = differences.reduce(
      (sum, difference, index) => sum + (flipped(index) ? -difference : difference),
      0,
    );
    return Math.abs(sum) >= seen;
  };
  if (count > EXACT) {
    const random = randomFrom(count);
    const far = countOf(DRAWS - 1, () => isAsFar(() => random() < 0.5));
    return (1 + far) / DRAWS;
  }
  // The last sign is fixed: the other half has the same sums with reversed signs.
  const choices = 2 ** (count - 1);
  return countOf(choices, (choice) => isAsFar((index) => (choice & (1 << index)) !== 0)) / choices;
}

/** The smallest p that any differences of so many pairs can have. */
export function leastP(pairs: number): number {
  return Math.max(2 ** (1 - pairs), 1 / DRAWS);
}

/**
 * Corrects several p-values so that the probability to reject any true null hypothesis is at most the level
 * of a single test (Holm, 1979).
 */
export function holm(values: readonly number[]): number[] {
  checkNumbers('holm', { values });
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const corrected: number[] = [];
  let highest = 0;
  for (const [place, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (values.length - place) * values[index]!));
    corrected[index] = highest;
  }
  return corrected;
}

function countOf(length: number, holds: (index: number) => boolean): number {
  let count = 0;
  for (let index = 0; index < length; index++) if (holds(index)) count++;
  return count;
}
