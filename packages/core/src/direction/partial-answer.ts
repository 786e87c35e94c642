import type { GramianCombiner } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import { passesThrough } from '../tape/passes-through.ts';
import { nodesFrom } from '../tape/turns.ts';
import { weightedPass } from './backward.ts';
import type { Answer, DirectionOptions } from './direction.ts';
import { checkFinite } from './finite-direction.ts';
import type { Passes } from './passes.ts';
import type { StartPasses } from './start-passes.ts';

/** The passes over the gradients of the selected variables. A result of `map` is one of all variables. */
export async function partialPasses(
  startPasses: StartPasses,
  isSelected: readonly boolean[],
  [forward, remembered, variables]: Parameters<StartPasses>,
): Promise<Passes> {
  if (!isPartial(forward)) return startPasses(forward, remembered, variables);
  const recording = forward.tape.recording!;
  const selected = recording.variables.flatMap(({ id }, v) => (isSelected[v] ? [id] : []));
  const tape = passesThrough(nodesFrom(recording.nodes, new Set(selected)), recording.variables);
  const passes = await startPasses({ ...forward, tape }, remembered, variables);
  return {
    ...passes,
    map(coefficients) {
      passes.dispose();
      return [weightedPass(forward, coefficients(isSelected.indexOf(true))[0]!)];
    },
  };
}

/** The answer, once it is known that all of its direction is finite. */
export async function partialAnswer(
  answer: Answer,
  options: DirectionOptions<GramianCombiner>,
  forward: Forward,
): Promise<Answer> {
  if (!isPartial(forward)) return answer;
  await checkFinite(options, forward, [...answer.direction], answer.losses);
  const { cosines } = answer.diagnostics!;
  // The lengths and the distance are those of gradients that nobody has computed.
  return { ...answer, diagnostics: { cosines, lengths: null, worsened: null, distanceToStationarity: null } };
}

/**
 * False for a batch in pieces, and where examples have gradients of their own: what saves memory or time there
 * works with all variables.
 */
function isPartial({ tape, rows }: Forward): boolean {
  return tape.recording !== undefined && rows.every(({ example }) => example === undefined);
}
