import { checkNumbers, randomFrom } from '@scalpel/core';

/** Up to so many pairs all signs are tried, and among so many draws beyond. */
const EXACT = 16;
const DRAWS = 2 ** EXACT;

/** Sums that differ by rounding alone are equal. */
const ROUNDING = 1e-12;

/**
 * Two-sided sign-flip test of paired differences (Fisher, The Design of Experiments, 1935): if both sides are alike, every difference might as well have the other sign. p is the
 * share of the choices of signs whose sum is at least as far from 0 as the one that was seen. Exact up to 16 pairs, among 65,536 random choices beyond. It cannot be less
 * than 2^(1−n), for all signs turned round is as far from 0. Null with fewer than two pairs.
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
  // The last sign stays: the other half are the same sums turned round.
  const choices = 2 ** (count - 1);
  return countOf(choices, (choice) => isAsFar((index) => (choice & (1 << index)) !== 0)) / choices;
}

/** The least p that any differences of so many pairs can have. */
export function leastP(pairs: number): number {
  return Math.max(2 ** (1 - pairs), 1 / DRAWS);
}

/** Several p corrected so that one true null hypothesis or more is rejected as rarely as a single one was before (Holm, 1979). */
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
