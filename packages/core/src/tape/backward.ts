import type * as tf from '@tensorflow/tfjs-core';
import { tidied } from '../tidied.ts';
import { Gradients } from './gradients.ts';
import type { VariableGradients, WeightedSum } from './tape.ts';
import type { Turn } from './turns.ts';

export function backward(
  turns: readonly Turn[],
  variables: readonly tf.Variable[],
  sum: WeightedSum,
): (tf.Tensor | null)[] {
  return tidied(() => {
    const all: (tf.Tensor | null)[] = variables.map(() => null);
    for (const { variable, gradients } of stream(turns, variables, [sum])) all[variable] = gradients[0]!;
    return all;
  });
}

export function* stream(
  turns: readonly Turn[],
  variables: readonly tf.Variable[],
  sums: readonly WeightedSum[],
): Generator<VariableGradients> {
  const passes = sums.map(() => new Gradients());
  try {
    for (const [pass, sum] of sums.entries()) passes[pass]!.start(sum);
    for (const { variable, nodes } of turns.toReversed()) {
      for (const node of nodes.toReversed()) for (const pass of passes) pass.through(node);
      const gradients = passes.map((pass) => pass.take(variables[variable]!.id));
      if (gradients.some((gradient) => gradient !== null)) yield { variable, gradients };
    }
  } finally {
    for (const pass of passes) pass.dispose();
  }
}
