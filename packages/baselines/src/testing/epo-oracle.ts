import { dot, sum, type Vector } from '@scalpel/core/testing';
import type { Inequality } from './vertices.ts';

/** The program of a move of EPO as in the paper: for the weights themselves, and from explicit gradients. */
export function programFor(
  rows: readonly Vector[],
  losses: readonly number[],
  r: readonly number[],
  move: 'balance' | 'descend' | 'relaxed',
): { readonly goal: readonly number[]; readonly inequalities: readonly Inequality[] } {
  const count = rows.length;
  const weighted = losses.map((loss, i) => loss * r[i]!);
  const total = weighted.reduce((a, b) => a + b);
  const logarithms = weighted.map((x) => Math.log((count * x) / total));
  const mu = weighted.reduce((a, x, i) => a + (x / total) * logarithms[i]!, 0);
  const anchor = sum(...rows.map((row, i) => [r[i]! * (logarithms[i]! - mu), row] as const));
  const changes = rows.map((row) => dot(row, anchor));
  const products = rows.map((row) => rows.map((other) => dot(row, other)));
  const nonnegative = rows.map((_, i) => ({ row: rows.map((_, j) => Number(i === j)), least: 0 }));
  const atLeast = (least: (j: number) => number) =>
    products.map((row, j) => ({ row, least: least(j) })).filter((x) => x.least !== Number.NEGATIVE_INFINITY);
  if (move === 'balance') {
    const rises = changes.some((change) => change > 0);
    const largest = Math.max(...weighted);
    return {
      goal: changes,
      inequalities: [
        ...nonnegative,
        ...atLeast((j) => {
          if (!rises || weighted[j] === largest) return 0;
          return changes[j]! > 0 ? Number.NEGATIVE_INFINITY : changes[j]!;
        }),
      ],
    };
  }
  const goal = products.map((row) => row.reduce((a, b) => a + b));
  const kept = { row: changes, least: Math.min(0, Math.max(...changes)) };
  return {
    goal,
    inequalities: [...nonnegative, ...atLeast(() => 0), ...(move === 'descend' ? [kept] : [])],
  };
}
