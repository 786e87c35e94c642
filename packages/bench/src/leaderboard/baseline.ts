import type { PlannedEntry } from '../plan/index.ts';

/** The id of plain mixing, to which all other methods are compared. */
const BASELINE = 'mixed';

/** The index of plain mixing among the methods; -1 without it. Main alone may be mixing with lambda 0. */
export function baselineOf({ methods, price }: Pick<PlannedEntry, 'methods' | 'price'>): number {
  return methods.findIndex(({ combiner, label }) => combiner === BASELINE && label !== price?.alone);
}
