import type { ElementCombiner } from '../combiner.ts';
import { loaded } from '../loaded.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { eachGradient } from './start-passes.ts';

/** The computation for methods on single elements, whose code is loaded in the first step. */
export function elementDirection(options: DirectionOptions<ElementCombiner>): DirectionComputation {
  return {
    async answer(forward) {
      const { elementAnswer } = await loaded('methods on single elements', import('./element-answer.ts'));
      return elementAnswer(options, forward);
    },
    firstSums: () => eachGradient(options.startPasses),
    state: () => ({ remembered: [], memory: [] }),
    restore: () => {},
    dispose: () => {},
  };
}
