import { expect, test } from 'vitest';
import { corrected, pairedDifference } from './paired-difference.ts';
import { signFlipTest } from './paired-test.ts';

test('the mean of the differences, with an interval around it and the p of their signs', () => {
  const differences = [1, 2, 3, 2];
  const { difference, p } = pairedDifference(differences);
  expect(difference!.value).toBe(2);
  expect((difference!.interval!.low + difference!.interval!.high) / 2).toBeCloseTo(2, 12);
  expect(p).toBe(signFlipTest(differences));
  expect(pairedDifference([1])).toEqual({ difference: { value: 1, interval: null }, p: null });
  expect(pairedDifference(null)).toEqual({ difference: null, p: null });
});

test('each p is corrected for those that there are, and stays with its own', () => {
  const difference = null;
  const all = [0.03, null, 0.01, 0.5].map((p, index) => ({ index, difference, p }));
  expect(corrected(all)).toEqual([
    { index: 0, difference, p: 0.03, corrected: 0.06 },
    { index: 1, difference, p: null, corrected: null },
    { index: 2, difference, p: 0.01, corrected: 0.03 },
    { index: 3, difference, p: 0.5, corrected: 0.5 },
  ]);
});
