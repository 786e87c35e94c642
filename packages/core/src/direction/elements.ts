import type { ElementCombiner } from '../combiner.ts';
import type { DirectionComputation, DirectionOptions } from './direction.ts';
import { eachGradient } from './start-passes.ts';

/** The computation for methods on single elements. Only pages with such a method load the code for it. */
export function elementDirection(options: DirectionOptions<ElementCombiner>): DirectionComputation {
  return {
    answer: async (forward) => (await import('./element-answer.ts')).elementAnswer(options, forward),
    firstSums: () => eachGradient(options.startPasses),
    state: () => ({ remembered: [], memory: [] }),
    restore: () => {},
    dispose: () => {},
  };
}
