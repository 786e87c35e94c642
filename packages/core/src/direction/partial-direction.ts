import type { GradientRow, GramianCombiner } from '../combiner.ts';
import type { Forward } from '../forward/forward.ts';
import { groupsOf, rememberedBy } from '../protocol/declared.ts';
import { passesThrough } from '../tape/passes-through.ts';
import { nodesFrom } from '../tape/turns.ts';
import { weightedPass } from './backward.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { checkFinite } from './finite-direction.ts';
import { gramianDirection } from './gramian.ts';
import { eachGradient } from './start-passes.ts';

/**
 * The computation with inner products over some variables. If the combiner gives all variables the same
 * coefficients and remembers no rows, the gradients of the selected variables are enough, and one backward pass
 * of the weighted losses follows for all variables.
 */
export function partialDirection(
  options: DirectionOptions<GramianCombiner>,
  isSelected: readonly boolean[],
): DirectionComputation {
  const isOneList = hasOneList(options);
  // Not of a batch in pieces, and not where examples have gradients of their own: what saves memory or time
  // there works with all variables.
  const isPartial = ({ tape, rows }: Forward) =>
    isOneList && tape.recording !== undefined && rows.every(({ example }) => example === undefined);
  let step = 0;
  const inner = gramianDirection({
    ...options,
    async startPasses(forward, remembered, variables) {
      if (!isPartial(forward)) return options.startPasses(forward, remembered, variables);
      const recording = forward.tape.recording!;
      const selected = recording.variables.flatMap(({ id }, v) => (isSelected[v] ? [id] : []));
      const tape = passesThrough(nodesFrom(recording.nodes, new Set(selected)), recording.variables);
      const passes = await options.startPasses({ ...forward, tape }, remembered, variables);
      return {
        ...passes,
        map(coefficients) {
          passes.dispose();
          return [weightedPass(forward, coefficients(isSelected.indexOf(true))[0]!)];
        },
      };
    },
    roles(rows, reached) {
      const roles = options.roles(rows, reached);
      checkSelected(roles.compared, rows, reached, step);
      return roles;
    },
  });
  return {
    ...inner,
    async answer(forward) {
      step = forward.step;
      const answer = await inner.answer(forward);
      if (!isPartial(forward)) return answer;
      await checkFinite(options, forward, [...answer.direction], answer.losses);
      const { cosines } = answer.diagnostics!;
      // The lengths and the distance are those of gradients that nobody has computed.
      const unknown = { lengths: null, worsened: null, distanceToStationarity: null };
      return { ...answer, diagnostics: { cosines, ...unknown } };
    },
    firstSums: () => eachGradient(options.startPasses),
  };
}

/** True if one list of coefficients over the gradients makes the direction of all variables, and nothing else. */
function hasOneList({ combiner, setup, variables }: DirectionOptions<GramianCombiner>): boolean {
  const names = variables.map(({ name }) => name);
  return rememberedBy(combiner, setup) === 0 && groupsOf(combiner, names).every((group) => group === 0);
}

/** Throws if the selected variables cannot be compared. `reached` says which variables each gradient reaches. */
function checkSelected(
  compared: readonly boolean[],
  rows: readonly GradientRow[],
  reached: readonly (readonly boolean[])[],
  step: number,
): void {
  const names = 'the variables that `over` selects';
  if (!compared.includes(true)) {
    throw new Error(
      `Step ${step}: none of ${names} is trainable. Select others, or set \`trainable\` of one to true.`,
    );
  }
  const apart = rows.find((_, row) => !compared.some((is, v) => is && reached[row]![v]));
  if (apart === undefined) return;
  throw new Error(
    `Step ${step}: the loss of objective "${apart.objective}" depends on none of ${names}. Select one that it depends on, or use over: 'all'.`,
  );
}
