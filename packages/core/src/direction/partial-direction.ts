import type { GramianCombiner } from '../combiner.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { gramianDirection } from './gramian.ts';
import { eachGradient } from './start-passes.ts';

/**
 * The computation with inner products over some variables. If the combiner gives all variables the same
 * coefficients and remembers no rows, the gradients of the selected variables are enough, and one backward pass
 * of the weighted losses follows for all variables. Only pages with such a selection load the code for it.
 */
export function partialDirection(
  options: DirectionOptions<GramianCombiner>,
  isSelected: readonly boolean[],
): DirectionComputation {
  const load = async () => (await import('./partial-steps.ts')).partialSteps(options, isSelected);
  let loaded: Awaited<ReturnType<typeof load>> | undefined;
  const inner = gramianDirection({
    ...options,
    startPasses(...step) {
      return loaded!.startPasses(...step);
    },
    roles: (rows, reached) => loaded!.roles(rows, reached),
  });
  return {
    ...inner,
    async answer(forward) {
      loaded ??= await load();
      return loaded.finish(await inner.answer(forward), forward);
    },
    firstSums: () => eachGradient(options.startPasses),
  };
}
