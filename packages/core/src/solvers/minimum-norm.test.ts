import { describe, expect, test } from 'vitest';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import { certifyMinimumNorm } from './minimum-norm.ts';
import { unitRows } from './unit-rows.ts';

describe('the certificate', () => {
  test('sees a combination that is not the shortest', () => {
    const rows = [
      [-4, 1, 1],
      [6, 1, 1],
    ];
    const units = unitRows(SymmetricMatrix.gramian(rows), 2);
    const mean = units.lengths.map((length) => 0.5 * length);
    const { solved, residual } = certifyMinimumNorm(units, mean, false);
    expect(solved).toBe(false);
    // ‖d‖ / ‖g₁‖ − cos(g₁, d) for d = (1, 1, 1).
    expect(residual).toBeCloseTo(Math.sqrt(3 / 18) + 2 / Math.sqrt(54), 12);
  });

  test('says how far from zero a combination is that counts as stationary', () => {
    const almost = SymmetricMatrix.from(2, (i, j) => (i === j ? 1 : -0.98));
    const units = { indices: [0, 1], lengths: [1, 2], cosines: almost };
    expect(certifyMinimumNorm(units, [3, 3], true).residual).toBeCloseTo(0.01, 12);
  });
});
