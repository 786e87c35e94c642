import type { GramianCombiner } from '../combiner.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { gramianDirection } from './gramian.ts';
import { eachGradient } from './start-passes.ts';

/**
 * The computation with inner products over some variables, for a combiner that gives all variables the same
 * coefficients and remembers no rows. Its gradients are those of the selected variables alone, and one
 * backward pass of the weighted losses follows for all variables. Only pages with such a selection load the
 * code for it.
 */
export function partialDirection(
  options: DirectionOptions<GramianCombiner>,
  isSelected: readonly boolean[],
): DirectionComputation {
  const load = () => import('./partial-answer.ts');
  const inner = gramianDirection({
    ...options,
    startPasses: async (...step) => (await load()).partialPasses(options.startPasses, isSelected, step),
  });
  return {
    ...inner,
    answer: async (forward) => (await load()).partialAnswer(await inner.answer(forward), options, forward),
    firstSums: () => eachGradient(options.startPasses),
  };
}
