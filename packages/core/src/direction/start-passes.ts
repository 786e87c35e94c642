import { examplePasses } from '../examples/passes.ts';
import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import { keptGradients } from './kept-gradients.ts';
import type { Passes } from './passes.ts';
import { streamedGradients } from './streamed-gradients.ts';

/** Starts the passes of a step over its gradients and these remembered rows. */
export type StartPasses = (forward: Forward, remembered: readonly Row[], variables: number) => Passes;

/** Starts the passes with all gradients in memory. Those of single examples are formed only if need be. */
export const allAtOnce: StartPasses = (forward, remembered) => {
  const { examples } = forward.tape;
  return examples && forward.rows.some(({ example }) => example !== undefined)
    ? examplePasses(forward, remembered, examples)
    : keptGradients(forward, remembered);
};

/** Starts the passes with all gradients in memory, or those of one variable at a time. */
export function passesWith(gradients: 'kept' | 'streamed'): StartPasses {
  return gradients === 'kept' ? allAtOnce : streamedGradients;
}

/** The first sums of a batch in pieces: each gradient by itself. Other passes are refused later. */
export function eachGradient(startPasses: StartPasses): null | readonly [] {
  return startPasses === allAtOnce ? null : [];
}
