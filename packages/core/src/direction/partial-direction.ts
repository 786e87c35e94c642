import type { GramianCombiner } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import { passesThrough } from '../tape/passes-through.ts';
import type { BackwardPasses } from '../tape/tape.ts';
import { nodesFrom } from '../tape/turns.ts';
import { weightedPass } from './backward.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { checkFinite } from './finite-direction.ts';
import { gramianDirection } from './gramian.ts';
import { eachGradient } from './start-passes.ts';

/**
 * The computation with inner products over some variables, for a combiner that gives all variables the same
 * coefficients and remembers no rows. Its gradients are those of the selected variables alone, and one
 * backward pass of the weighted losses follows for all variables.
 */
export function partialDirection(
  options: DirectionOptions<GramianCombiner>,
  isSelected: readonly boolean[],
): DirectionComputation {
  const { startPasses } = options;
  const inner = gramianDirection({
    ...options,
    async startPasses(forward, remembered, variables) {
      const tape = tapeFor(forward, isSelected);
      if (tape === null) return startPasses(forward, remembered, variables);
      const passes = await startPasses({ ...forward, tape }, remembered, variables);
      return {
        ...passes,
        map(coefficients) {
          passes.dispose();
          return [weightedPass(forward, coefficients(isSelected.indexOf(true))[0]!)];
        },
      };
    },
  });
  return {
    ...inner,
    async answer(forward) {
      const answer = await inner.answer(forward);
      if (tapeFor(forward, isSelected) === null) return answer;
      await checkFinite(options, forward, [...answer.direction], answer.losses);
      const { cosines } = answer.diagnostics!;
      // The lengths and the distance are those of gradients that nobody has computed.
      return {
        ...answer,
        diagnostics: { cosines, lengths: null, worsened: null, distanceToStationarity: null },
      };
    },
    firstSums: () => eachGradient(startPasses),
  };
}

/**
 * The tape for the gradients of the selected variables. Null for a batch in pieces, and where examples have
 * gradients of their own: what saves memory or time there, works with all variables.
 */
function tapeFor({ tape, rows }: Forward, isSelected: readonly boolean[]): BackwardPasses | null {
  if (!tape.recording || rows.some(({ example }) => example !== undefined)) return null;
  const { nodes, variables } = tape.recording;
  const selected = variables.flatMap(({ id }, v) => (isSelected[v] ? [id] : []));
  return passesThrough(nodesFrom(nodes, new Set(selected)), variables);
}
