import type { LinearProgram } from './linear-form.ts';

/**
 * The largest violation of the conditions for an optimal x >= 0. They are A x <= b, Aᵀy >= c and cᵀx = bᵀy,
 * for the last objective c and the prices y >= 0 of the bounds. Prices below 0 count as 0. Each violation is
 * relative to the terms of its condition, so the result is in [0, 1].
 *
 * Earlier objectives may have `barred` variables: these stay at zero. If xⱼ is barred, its condition (Aᵀy)ⱼ
 * >= cⱼ is not needed. Variables after x are the slacks b − A x; if a slack is barred, its price may be
 * negative.
 */
export function certifyLinear(
  { objectives, matrix, bounds }: LinearProgram,
  point: readonly number[],
  prices: readonly number[],
  barred: ReadonlySet<number>,
): number {
  const goal = objectives.at(-1)!;
  const paid = prices.map((price, row) => (barred.has(goal.length + row) ? price : Math.max(0, price)));
  const excesses = matrix.map((row, index) => excess(row, point, bounds[index]!));
  const shortfalls = goal.map((gain, variable) => {
    const column = matrix.map((row) => -row[variable]!);
    return barred.has(variable) ? 0 : excess(column, paid, -gain);
  });
  const gap = excess([...goal, ...bounds.map((bound) => -bound)], [...point, ...paid], 0);
  return Math.max(0, Math.abs(gap), ...excesses, ...shortfalls);
}

/** aᵀx − b, relative to the sum of the magnitudes of its terms. */
function excess(a: readonly number[], x: readonly number[], b: number): number {
  const terms = [...a.map((entry, index) => entry * x[index]!), -b];
  const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  return size === 0 ? 0 : terms.reduce((sum, term) => sum + term, 0) / size;
}
