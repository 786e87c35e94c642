import * as tf from '@tensorflow/tfjs-core';
import { backward } from '../tape/backward.ts';
import { differentiate } from '../tape/differentiate.ts';
import type { TapeNode } from '../tape/engine.ts';
import { Gradients } from '../tape/gradients.ts';
import type { Recording } from '../tape/tape.ts';
import { nodesFrom, nodesTo, turnsOf } from '../tape/turns.ts';
import { tidied } from '../tidied.ts';
import { follow, type Step } from './follow.ts';
import {
  type ExampleGradients,
  type ExamplesOfVariables,
  inCheaperForm,
  sum,
  tensorsOf,
} from './gradients.ts';
import { gradientsOf } from './rules.ts';

/**
 * The gradients of weight · loss for each example. One backward pass of the sum of the losses gives them for
 * the variables on whose way examples do not meet. The others take one pass per example.
 */
export function exampleGradients(
  { nodes, variables }: Recording,
  loss: tf.Tensor,
  weights: readonly number[],
): ExamplesOfVariables {
  const own = nodesTo(nodes, [loss]).toReversed();
  const { steps, met } = follow(own, variables, loss);
  const gradients: (ExampleGradients | null)[] = variables.map(() => null);
  try {
    together(steps, loss, weights, gradients);
    separately(own, variables, loss, weights, met, gradients);
  } catch (error) {
    for (const one of gradients) if (one) tf.dispose(tensorsOf(one));
    throw error;
  }
  return { gradients, shapes: variables.map(({ shape }) => shape), separate: met };
}

/** One backward pass of the sum of the losses. */
function together(
  steps: readonly Step[],
  loss: tf.Tensor,
  weights: readonly number[],
  found: (ExampleGradients | null)[],
): void {
  const pass = new Gradients();
  try {
    pass.add(loss.id, tf.tensor1d([...weights]));
    for (const step of steps.toReversed()) {
      const { node } = step.operation;
      const dys = node.outputs.map(({ id }) => pass.take(id));
      try {
        for (const use of step.uses) {
          const before = found[use.variable] ?? null;
          found[use.variable] = kept(() => {
            const one = gradientsOf(step, use, dys[0]!, loss.size);
            return before ? sum(before, one) : one;
          });
          if (before) tf.dispose(tensorsOf(before));
        }
        for (const [id, gradient] of differentiate({ ...node, inputs: step.inputs }, dys))
          pass.add(id, gradient);
      } finally {
        tf.dispose(dys as tf.Tensor[]);
      }
    }
  } finally {
    pass.dispose();
  }
  for (const [variable, one] of found.entries()) {
    if (one === null) continue;
    const cheaper = kept(() => inCheaperForm(one));
    tf.dispose(tensorsOf(one));
    found[variable] = cheaper;
  }
}

/** One backward pass per example, for these variables. */
function separately(
  nodes: readonly TapeNode[],
  variables: readonly tf.Variable[],
  loss: tf.Tensor,
  weights: readonly number[],
  met: ReadonlyMap<number, string>,
  found: (ExampleGradients | null)[],
): void {
  if (met.size === 0) return;
  const chosen = variables.filter((_, variable) => met.has(variable));
  const turns = turnsOf(nodesFrom(nodes, new Set(chosen.map(({ id }) => id))), chosen);
  const passes = tidied(() =>
    weights.map((weight, example) => {
      const one = weights.map((_, own) => (own === example ? weight : 0));
      return backward(turns, chosen, [[loss, one]]);
    }),
  );
  try {
    for (const [index, variable] of [...met.keys()].entries()) {
      found[variable] = kept(() => {
        const rows = passes.map((pass) => tf.reshape(pass[index] ?? tf.zerosLike(chosen[index]!), [-1]));
        return { rows: tf.stack(rows) as tf.Tensor2D };
      });
    }
  } finally {
    tf.dispose(passes as tf.Tensor[][]);
  }
}

/** The gradients with tensors of their own, which outlive the computation. */
function kept(compute: () => ExampleGradients): ExampleGradients {
  return tidied(() => {
    const made = compute();
    const entries = Object.entries(made).map(([key, value]) => [
      key,
      value instanceof tf.Tensor ? tf.clone(value) : value,
    ]);
    return Object.fromEntries(entries) as ExampleGradients;
  });
}
