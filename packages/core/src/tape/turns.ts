import type * as tf from '@tensorflow/tfjs-core';
import type { TapeNode } from './engine.ts';

/**
 * The nodes that depend on a reached tensor, each with its inputs that do. Adds their outputs to the reached
 * tensors.
 */
export function nodesFrom(nodes: readonly TapeNode[], reached: Set<number>): TapeNode[] {
  const result: TapeNode[] = [];
  for (const node of nodes) {
    const inputs = Object.entries(node.inputs).filter(([, input]) => reached.has(input.id));
    if (inputs.length === 0) continue;
    for (const output of node.outputs) reached.add(output.id);
    result.push({ ...node, inputs: Object.fromEntries(inputs) });
  }
  return result;
}

/** The nodes that these losses depend on. */
export function nodesTo(
  nodes: readonly TapeNode[],
  losses: readonly Pick<tf.Tensor, 'id'>[],
): readonly TapeNode[] {
  const needed = new Set(losses.map(({ id }) => id));
  return nodes.toReversed().filter(({ inputs, outputs }) => {
    if (!outputs.some(({ id }) => needed.has(id))) return false;
    for (const { id } of Object.values(inputs)) needed.add(id);
    return true;
  });
}

/**
 * A variable, and the nodes that its gradient needs in addition to those of later turns, in the order of the
 * forward pass.
 */
export interface Turn {
  readonly variable: number;
  readonly nodes: TapeNode[];
}

/**
 * Assigns each node to the variable whose gradient needs it first. The backward passes take the variables in
 * reverse: the variable that is used last comes first. So the gradients of a variable are all known soon
 * after the first of them is begun, even if each objective has a forward pass of its own.
 */
export function turnsOf(nodes: readonly TapeNode[], variables: readonly tf.Variable[]): Turn[] {
  const positions = new Map(variables.map(({ id }, position) => [id, position]));
  const turns: Turn[] = [];
  // The latest turn among the variables that a tensor depends on.
  const latest = new Map<number, number>();
  for (const node of nodes) {
    const ids = Object.values(node.inputs).map(({ id }) => id);
    for (const id of ids) {
      if (!latest.has(id)) latest.set(id, turns.push({ variable: positions.get(id)!, nodes: [] }) - 1);
    }
    const turn = Math.max(...ids.map((id) => latest.get(id)!));
    turns[turn]!.nodes.push(node);
    for (const { id } of node.outputs) latest.set(id, turn);
  }
  return turns;
}
