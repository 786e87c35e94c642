import type { GradientCombiner } from '../combiner.ts';
import { batchesOf } from '../protocol/declared.ts';
import { type ObjectivePriority, setupOf } from '../protocol/setup.ts';
import { withPriorities } from './vectors.ts';

/** The method under test. */
export interface Subject {
  /** Returns a new combiner each time. Two of them share no state. */
  readonly create: () => GradientCombiner;
  /** The smallest number of objectives that must be present in a step. Default 1. */
  readonly least?: number;
}

/** The numbers of objectives to try. */
export const COUNTS: readonly number[] = [1, 2, 3, 4, 5, 6];

/**
 * The arrangements of `count` objectives that the method's own `check` accepts: in one level, in two halves,
 * and one level each.
 */
export function layouts({ create }: Subject, count: number): readonly (readonly ObjectivePriority[])[] {
  const kinds = [() => 0, (index: number) => (index < count / 2 ? 0 : 1), (index: number) => index];
  const all = kinds.map((kind) => Array.from({ length: count }, (_, index) => kind(index)));
  const distinct = new Map(all.map((priorities) => [priorities.join(), priorities]));
  return [...distinct.values()]
    .map((priorities) => withPriorities(...priorities))
    .filter((objectives) => checked(create(), objectives) === null);
}

/** The error for a method that accepts none of the arrangements, so that there is nothing to test. */
export function refusal({ create }: Subject): Error {
  const { name } = create();
  const reason = checked(create(), withPriorities(0, 1, 2));
  return new Error(
    `${name} refuses every number of objectives from ${COUNTS[0]} to ${COUNTS.at(-1)} in every arrangement, so nothing can be tested. ` +
      `Of three it says: ${reason}`,
  );
}

/** The reason why the method refuses these objectives, or null. */
function checked(combiner: GradientCombiner, objectives: readonly ObjectivePriority[]): string | null {
  try {
    combiner.check?.(setupOf(objectives, batchesOf(combiner)));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
