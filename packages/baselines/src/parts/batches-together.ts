import type { GramianStep } from '@scalpel/core';

/** An objective that is present in every batch of a step, with the positions of its rows: one per batch. */
export interface EverywherePresent {
  readonly objective: string;
  readonly rows: readonly number[];
}

/**
 * The objectives present in every batch. The others do not take part in the step: without one of the batches
 * their part would be biased.
 */
export function presentInAll({ rows }: GramianStep, batches: number): readonly EverywherePresent[] {
  const positions = new Map<string, number[]>();
  for (const [row, { objective }] of rows.entries()) {
    positions.set(objective, [...(positions.get(objective) ?? []), row]);
  }
  return [...positions].flatMap(([objective, own]) =>
    own.length === batches ? [{ objective, rows: own }] : [],
  );
}

/**
 * A = J₁ J₂ᵀ, between the rows of the first two batches. It is unbiased, unlike the squared lengths of a
 * single batch. It need not be symmetric or positive.
 */
export function crossProducts(
  { gramian }: GramianStep,
  objectives: readonly EverywherePresent[],
): readonly (readonly number[])[] {
  return objectives.map((one) => objectives.map((other) => gramian.at(one.rows[0]!, other.rows[1]!)));
}

/** The product A w. */
export function applied(matrix: readonly (readonly number[])[], w: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, entry, i) => sum + entry * w[i]!, 0));
}
