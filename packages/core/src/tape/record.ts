import * as tf from '@tensorflow/tfjs-core';
import { backward, stream } from './backward.ts';
import { recordingEngine } from './engine.ts';
import type { Tape } from './tape.ts';
import { nodesFrom, turnsOf } from './turns.ts';

/**
 * Runs `forward` in a tidy of its own and records it. The caller owns the result and the tape. Variables that
 * are not trainable count as constants.
 */
export function record<Value extends tf.TensorContainer>(
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
  const dispose = () => {
    for (const node of nodes.splice(0)) tf.dispose(node.saved as tf.Tensor[] | undefined);
  };
  let value: Value;
  try {
    value = tf.tidy(forward);
  } catch (error) {
    dispose();
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
  const reached = new Set(variables.flatMap(({ id, trainable }) => (trainable ? [id] : [])));
  const turns = turnsOf(nodesFrom(nodes, reached), variables);
  return {
    value,
    tape: {
      backward: (sum) => backward(turns, variables, sum),
      stream: (sums) => stream(turns, variables, sums),
      reaches: ({ id }) => reached.has(id),
      dispose,
    },
  };
}
