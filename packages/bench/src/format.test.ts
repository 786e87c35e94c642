import { expect, test } from 'vitest';
import { formatNumber, formatSeeds, formatShare } from './format.ts';

test.each([
  [0, '0'],
  [1, '1'],
  [0.0142412, '0.01424'],
  [-2.50004, '-2.5'],
  [1234.56, '1235'],
  [13055.4, '13055'],
  [25_608_000, '2.561e7'],
  [1e7, '1e7'],
  [0.0000123456, '1.235e-5'],
  [-1e-10, '-1e-10'],
])('%d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('seeds in a row are a range', () => {
  expect(formatSeeds([0])).toBe('0');
  expect(formatSeeds([0, 1])).toBe('0, 1');
  expect(formatSeeds([2, 0, 1])).toBe('0–2');
  expect(formatSeeds([0, 1, 5])).toBe('0, 1, 5');
});

test('shares are per cent', () => {
  expect([0, 1 / 3, 1].map(formatShare)).toEqual(['0 %', '33 %', '100 %']);
});
