import type { GramianCombination, GramianCombiner } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import { asked, checkedAnswer } from '../protocol/answers.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';
import type { GramPass } from './passes.ts';

/** The answer of the combiner for one group of variables, with the Gramian of that group. */
export interface GroupAnswer extends GramianCombination {
  readonly gramian: SymmetricMatrix;
}

/**
 * Asks the combiner for an answer for each group of variables. `isSeen` is true if a variable counts in the
 * inner products of a group.
 */
export function askForGroups(
  combiner: GramianCombiner,
  forward: Forward,
  losses: readonly number[],
  { byVariable, distances, precision }: GramPass,
  memory: readonly unknown[],
  isSeen: (variable: number, group: number) => boolean,
): readonly GroupAnswer[] {
  const count = forward.rows.length;
  const size = byVariable[0]!.size;
  return memory.map((own, group) => {
    const isOwn = (_: unknown, variable: number) => isSeen(variable, group);
    const gramian = SymmetricMatrix.sum(size, byVariable.filter(isOwn));
    const between = combiner.distances && SymmetricMatrix.sum(count, distances.filter(isOwn));
    const step = {
      ...forward.context(losses, own),
      gramian,
      precision,
      ...(between && { distances: between }),
    };
    const answer = asked(combiner, () => combiner.combine(step));
    return { gramian, ...checkedAnswer(combiner, answer, size, size - count, step) };
  });
}
