import type { LinearProgram } from './linear-form.ts';

/**
 * The largest violation, relative to the terms that it is made of, of what makes x >= 0 optimal for the last
 * objective c, given prices y of the bounds: A x <= b, Aᵀy >= c and cᵀx = bᵀy. Prices below 0 count as 0.
 * Neither is asked of variables that are `barred` by earlier objectives, those after x being what A x falls
 * short of b.
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

/** aᵀx − b, relative to its terms. */
function excess(a: readonly number[], x: readonly number[], b: number): number {
  const terms = [...a.map((entry, index) => entry * x[index]!), -b];
  const size = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  return size === 0 ? 0 : terms.reduce((sum, term) => sum + term, 0) / size;
}
