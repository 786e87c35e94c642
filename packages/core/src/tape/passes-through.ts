import type * as tf from '@tensorflow/tfjs-core';
import { tidied } from '../tidied.ts';
import { backward, stream } from './backward.ts';
import type { TapeNode } from './engine.ts';
import type { BackwardPasses } from './tape.ts';
import { turnsOf } from './turns.ts';

/** Backward passes through these nodes. */
export function passesThrough(nodes: readonly TapeNode[], variables: readonly tf.Variable[]): BackwardPasses {
  const turns = turnsOf(nodes, variables);
  return {
    backward: (sum) => backward(turns, variables, sum),
    passes: (sums) => tidied(() => sums.map((sum) => backward(turns, variables, sum))),
    stream: (sums) => stream(turns, variables, sums),
  };
}
