import type * as tf from '@tensorflow/tfjs-core';
import { tidied } from '../tidied.ts';
import type { TapeNode } from './engine.ts';
import { Gradients } from './gradients.ts';
import type { Cut, WeightedSum } from './tape.ts';
import { nodesTo } from './turns.ts';

/**
 * Cuts a tape at the features. `nodes` are those that depend on a variable, and `given` are the ids of the
 * features. Features that depend on no variable are left out.
 */
export function cutAt(
  nodes: readonly TapeNode[],
  variables: readonly tf.Variable[],
  given: readonly number[],
): Cut {
  const reached = new Set(nodes.flatMap(({ outputs }) => outputs.map(({ id }) => id)));
  for (const { id, trainable } of variables) if (trainable) reached.add(id);
  const features = given.filter((id) => reached.has(id));
  const isTrunkNode = new Set(
    nodesTo(
      nodes,
      features.map((id) => ({ id })),
    ),
  );
  const trunk = nodes.filter((node) => isTrunkNode.has(node));
  const heads = nodes.filter((node) => !isTrunkNode.has(node));
  const used = new Set(trunk.flatMap(({ inputs }) => Object.values(inputs).map(({ id }) => id)));
  const isTrunk = variables.map(({ id }) => used.has(id) || features.includes(id));
  // The tensors of the trunk that the heads must not use.
  const inside = new Map<number, string>();
  for (const { id, name } of variables) if (used.has(id)) inside.set(id, `the variable "${name}"`);
  for (const { outputs, kernelName } of trunk)
    for (const { id } of outputs) inside.set(id, `a result of ${kernelName}`);
  for (const id of features) inside.delete(id);
  return {
    size: features.length,
    isTrunk,
    heads: (sums) => tidied(() => headPasses(heads, variables, features, sums)),
    trunk: (given) => tidied(() => trunkPass(trunk, variables, features, given)),
    besides(loss) {
      for (const { inputs } of nodesTo(heads, [loss])) {
        for (const { id } of Object.values(inputs)) if (inside.has(id)) return inside.get(id)!;
      }
      return null;
    },
  };
}

function headPasses(
  heads: readonly TapeNode[],
  variables: readonly tf.Variable[],
  ids: readonly number[],
  sums: readonly WeightedSum[],
): ReturnType<Cut['heads']> {
  const own = new Gradients();
  const features = sums.map((sum) => {
    const pass = new Gradients();
    pass.start(sum);
    for (const node of heads.toReversed()) pass.through(node);
    const row = ids.map((id) => pass.take(id));
    for (const { id } of variables) {
      const gradient = pass.take(id);
      if (gradient) own.add(id, gradient);
    }
    return row;
  });
  return { features, variables: variables.map(({ id }) => own.take(id)) };
}

function trunkPass(
  trunk: readonly TapeNode[],
  variables: readonly tf.Variable[],
  ids: readonly number[],
  features: readonly (tf.Tensor | null)[],
): (tf.Tensor | null)[] {
  const pass = new Gradients();
  for (const [index, gradient] of features.entries()) if (gradient) pass.add(ids[index]!, gradient);
  for (const node of trunk.toReversed()) pass.through(node);
  return variables.map(({ id }) => pass.take(id));
}
