import * as tf from '@tensorflow/tfjs-core';
import { tidied } from '../tidied.ts';
import { keepAttributes, recordingEngine, type TapeNode } from './engine.ts';
import { passesThrough } from './passes-through.ts';
import type { Tape } from './tape.ts';
import { nodesFrom, nodesTo } from './turns.ts';

/**
 * Runs `forward` in a tidy of its own and records it. The caller owns the result and the tape. Variables that
 * are not trainable count as constants.
 */
export function record<Value>(
  variables: readonly tf.Variable[],
  forward: () => Value,
): { value: Value; tape: Tape } {
  const engine = recordingEngine();
  if (engine.state.gradientDepth > 0) {
    throw new Error(
      'A step was started inside a gradient function. Call it outside tf.grad and tf.variableGrads.',
    );
  }
  engine.startTape();
  const nodes = engine.state.activeTape ?? [];
  const free = (given: readonly TapeNode[]) => {
    for (const { saved } of given) tf.dispose(saved as tf.Tensor[] | undefined);
  };
  const dispose = () => free(nodes.splice(0));
  let value: Value;
  const forgetAttributes = keepAttributes();
  try {
    value = tidied(forward);
  } catch (error) {
    dispose();
    throw error;
  } finally {
    forgetAttributes();
    engine.endTape();
    engine.state.activeTape = null;
  }
  const reached = new Set(variables.flatMap(({ id, trainable }) => (trainable ? [id] : [])));
  const reaching = nodesFrom(nodes, reached);
  return {
    value,
    tape: {
      ...passesThrough(reaching, variables),
      recording: { nodes: reaching, variables },
      reaches: ({ id }) => reached.has(id),
      keepFor: (losses) => {
        const kept = new Set(nodesTo(reaching, losses).map(({ saved }) => saved));
        free(nodes.filter(({ saved }) => !kept.has(saved)));
      },
      dispose,
    },
  };
}
