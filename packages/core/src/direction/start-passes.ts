import type { Forward } from '../forward/forward.ts';
import { loaded } from '../loaded.ts';
import type { Row } from '../rows/kernels.ts';
import { keptGradients } from './kept-gradients.ts';
import type { Passes } from './passes.ts';

/** Starts the passes of a step over its gradients and these remembered rows. */
export type StartPasses = (
  forward: Forward,
  remembered: readonly Row[],
  variables: number,
) => Passes | Promise<Passes>;

/** Starts the passes with all gradients in memory. Those of single examples are formed only if need be. */
export const allAtOnce: StartPasses = async (forward, remembered) =>
  (await passesOfExamples(forward, remembered)) ?? keptGradients(forward, remembered);

/** Starts the passes with all gradients in memory, as they are or in float16, or those of one variable at a time. */
export function passesWith(gradients: 'kept' | 'half' | 'streamed'): StartPasses {
  return { kept: allAtOnce, half: inHalves, streamed: inTurn }[gradients];
}

const inHalves: StartPasses = async (forward, remembered) => {
  const passes = await passesOfExamples(forward, remembered);
  if (passes) return passes;
  const { halfGradients } = await loaded("gradients: 'half'", import('./half-gradients.ts'));
  return halfGradients(forward, remembered);
};

const inTurn: StartPasses = async (...given) => {
  const { streamedGradients } = await loaded("gradients: 'streamed'", import('./streamed-gradients.ts'));
  return streamedGradients(...given);
};

async function passesOfExamples(forward: Forward, remembered: readonly Row[]): Promise<Passes | null> {
  const { recording } = forward.tape;
  if (!recording || forward.rows.every(({ example }) => example === undefined)) return null;
  const { examplePasses } = await loaded('objectives that are perExample', import('../examples/passes.ts'));
  return examplePasses(forward, remembered, recording);
}

/**
 * The first sums of a batch in pieces: each gradient by itself. Not for gradients in float16: the first pass
 * would hold all of them in float32, so each has a pass of its own. Other passes are refused later.
 */
export function eachGradient(startPasses: StartPasses): null | readonly [] {
  return startPasses === allAtOnce ? null : [];
}
