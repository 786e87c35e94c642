import { expect, test } from 'vitest';
import { matrixBank } from './matrices.ts';

const bank = matrixBank();

test('every matrix has a name of its own, and the same entries every time', () => {
  expect(new Set(bank.map(({ name }) => name)).size).toBe(bank.length);
  expect(matrixBank()).toEqual(bank);
});

test('every matrix is rectangular and finite', () => {
  for (const { name, rows } of bank) {
    expect(new Set(rows.map((row) => row.length)).size, name).toBe(1);
    expect(rows.flat().every(Number.isFinite), name).toBe(true);
  }
});

test('the bank reaches the scales and the kinds it promises', () => {
  const lengths = bank.flatMap(({ rows }) => rows.map((row) => Math.hypot(...row))).filter((x) => x > 0);
  expect(Math.min(...lengths)).toBeLessThan(1e-9);
  expect(Math.max(...lengths)).toBeGreaterThan(1e10);
  for (const count of [3, 4, 5, 6]) {
    const kinds = bank.filter(({ rows }) => rows.length === count).map(({ stationary }) => stationary);
    expect(new Set(kinds)).toEqual(new Set(['strong', 'weak', 'none', null]));
  }
});
