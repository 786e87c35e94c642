import { sum, type Vector } from '@scalpel/core/testing';

/**
 * Moving averages of two gradients as explicit vectors: the oracle for averages as coefficients. Returns the
 * vectors to project on in this step. A null row is absent.
 */
export function explicitAverages(
  rho: number,
  update: 'after' | 'before',
): (rows: readonly (Vector | null)[]) => readonly Vector[] {
  let averages: readonly Vector[] | null = null;
  return (rows) => {
    const zero = rows.find((row) => row !== null)!.map(() => 0);
    const old = averages ?? rows.map(() => zero);
    averages = old.map((average, level) => {
      const row = rows[level];
      return row ? sum([1 - rho, average], [rho, row]) : average;
    });
    return update === 'after' ? old : averages;
  };
}
