import { expect, test } from 'vitest';
import {
  formatChange,
  formatEstimate,
  formatInterval,
  formatNumber,
  formatSeeds,
  formatShare,
} from './format.ts';

test.each([
  [0, '0'],
  [1, '1'],
  [0.0142412, '0.01424'],
  [-2.50004, '-2.5'],
  [1234.56, '1235'],
  [13055.4, '13055'],
  [99_999, '99999'],
  [474_844, '4.748e5'],
  [25_608_000, '2.561e7'],
  [1e7, '1e7'],
  [0.0000123456, '1.235e-5'],
  [-1e-10, '-1e-10'],
])('%d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [0.12034, 0.0034, '+0.1203 ± 0.0034'],
  [-18.09, 36, '-18 ± 36'],
  [1.189, 9.7, '+1.2 ± 9.7'],
  [2294.1, 746, '+2290 ± 750'],
  [-1_025_809, 184_752, '-1.03e6 ± 0.18e6'],
  [4.514e-5, 0.00027, '+0.00005 ± 0.00027'],
  [3.2e-7, 4e-8, '+3.20e-7 ± 0.40e-7'],
  [-0.0004, 0.058, '0.000 ± 0.058'],
  [4.5, 0, '+4.5 ± 0'],
  [0, 0, '0 ± 0'],
  [-0.5, 6.5e-16, '-0.5 ± 0'],
])('%d ± %d is written %s', (value, half, text) => {
  const interval = { low: value - half, high: value + half, samples: 5 };
  expect(formatEstimate({ value, interval }, true)).toBe(text);
});

test.each([
  [0.24742, 0.27801, '0.247 … 0.278'],
  [3_887_036, 10_210_000, '0.39e7 … 1.02e7'],
  [0, 3.709, '0.0 … 3.7'],
  [0, 0, null],
])('an interval from %d to %d is written %s', (low, high, text) => {
  expect(formatInterval({ low, high, samples: 5 })).toBe(text);
});

test('seeds in a row are a range', () => {
  expect(formatSeeds([0])).toBe('0');
  expect(formatSeeds([0, 1])).toBe('0, 1');
  expect(formatSeeds([2, 0, 1])).toBe('0–2');
  expect(formatSeeds([0, 1, 5])).toBe('0, 1, 5');
});

test.each([
  [0, '0 %'],
  [0.05, '+5 %'],
  [-0.02, '-2 %'],
  [0.07, '+7 %'],
  [{ value: 0.05, interval: { low: 0.038, high: 0.062, samples: 5 } }, '+5.0 ± 1.2 %'],
])('the change %j is written %s', (change, text) => {
  expect(formatChange(change)).toBe(text);
});

test('shares are per cent', () => {
  expect([0, 1 / 3, 1].map(formatShare)).toEqual(['0 %', '33 %', '100 %']);
});
