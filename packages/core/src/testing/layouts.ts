import type { GradientCombiner } from '../combiner.ts';
import { batchesOf } from '../protocol/declared.ts';
import { type ObjectivePriority, setupOf } from '../protocol/setup.ts';
import { withPriorities } from './vectors.ts';

/** The method under test. */
export interface Subject {
  /** A new combiner each time: two of them share no state. */
  readonly create: () => GradientCombiner;
  /** Fewest objectives that have to be present in a step; default 1. */
  readonly least?: number;
}

/** Numbers of objectives to try. */
export const COUNTS: readonly number[] = [1, 2, 3, 4, 5, 6];

/**
 * The arrangements of so many objectives that the method's own `check` accepts: in one level, in two halves,
 * and a level each.
 */
export function layouts({ create }: Subject, count: number): readonly (readonly ObjectivePriority[])[] {
  const kinds = [() => 0, (index: number) => (index < count / 2 ? 0 : 1), (index: number) => index];
  const all = kinds.map((kind) => Array.from({ length: count }, (_, index) => kind(index)));
  const distinct = new Map(all.map((priorities) => [priorities.join(), priorities]));
  return [...distinct.values()]
    .map((priorities) => withPriorities(...priorities))
    .filter((objectives) => checked(create(), objectives) === null);
}

/** The error for a method that accepts none of the arrangements, so that nothing can be tested. */
export function refusal({ create }: Subject): Error {
  const { name } = create();
  const reason = checked(create(), withPriorities(0, 1, 2));
  return new Error(
    `${name} refuses every number of objectives from ${COUNTS[0]} to ${COUNTS.at(-1)} in every arrangement, so nothing can be tested. ` +
      `Of three it says: ${reason}`,
  );
}

/** Why the method refuses these objectives, or null. */
function checked(combiner: GradientCombiner, objectives: readonly ObjectivePriority[]): string | null {
  try {
    combiner.check?.(setupOf(objectives, batchesOf(combiner)));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
