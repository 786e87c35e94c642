import type { GradientRow } from '@scalpel/core';

/** One row for each objective, in one level. */
export function setupRows(...objectives: readonly string[]): readonly GradientRow[] {
  return objectives.map((objective) => ({ objective, level: 0, batch: 0 }));
}
