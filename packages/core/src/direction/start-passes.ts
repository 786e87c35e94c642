import type { Forward } from '../forward/forward.ts';
import type { Row } from '../rows/kernels.ts';
import { keptGradients } from './kept-gradients.ts';
import type { Passes } from './passes.ts';
import { streamedGradients } from './streamed-gradients.ts';

/** Starts the passes of a step, with all gradients in memory or those of one variable at a time. */
export function startPasses(
  gradients: 'kept' | 'streamed',
  forward: Forward,
  remembered: readonly Row[],
  variables: number,
): Passes {
  return gradients === 'kept'
    ? keptGradients(forward, remembered)
    : streamedGradients(forward, remembered, variables);
}

/** The first sums of a batch in pieces: each gradient by itself. Gradients that are streamed are refused later. */
export function eachGradient(gradients: 'kept' | 'streamed'): null | readonly [] {
  return gradients === 'kept' ? null : [];
}
