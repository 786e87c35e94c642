import * as tf from '@tensorflow/tfjs-core';
import type { TapeNode } from '../tape/engine.ts';
import { axisOf } from './axes.ts';
import { axisIn, type Operation, operationOf } from './operation.ts';

/** The use of a variable by an operation on all examples. */
export interface Use {
  /** The name of the input. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly variable: number;
  /** Operations between the variable and the use, last first, which only arrange its elements. */
  readonly views: readonly TapeNode[];
}

/** An operation on the way from the variables to the losses of the examples. */
export interface Step {
  readonly operation: Operation;
  /** The axis of the examples in its outputs. */
  readonly axis: number;
  readonly uses: readonly Use[];
  /** Its inputs that lead to uses. */
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
}

export interface Followed {
  /** In the order of the forward pass. */
  readonly steps: readonly Step[];
  /** For each variable on the way of which examples meet, or may meet: where. */
  readonly met: ReadonlyMap<number, string>;
}

const VIEWS = ['Cast', 'ExpandDims', 'Identity', 'Reshape', 'Transpose'];

/**
 * Follows the examples from their losses back to the variables. Where examples do not meet on the way, the
 * gradient of the sum of their losses holds that of each of them.
 */
export function follow(
  nodes: readonly TapeNode[],
  variables: readonly tf.Variable[],
  loss: tf.Tensor,
): Followed {
  const examples = loss.size;
  const position = new Map(variables.map(({ id }, index) => [id, index]));
  const makers = new Map(nodes.flatMap((node) => node.outputs.map(({ id }) => [id, node] as const)));
  /** The axis of the examples in a tensor, or where they have met. */
  const axes = new Map<number, number | string>([[loss.id, 0]]);
  const mark = (id: number, axis: number | string, reason: string) => {
    const before = axes.get(id);
    if (typeof before === 'string') return;
    axes.set(id, before === undefined || before === axis ? axis : reason);
  };

  const steps: Step[] = [];
  for (const node of nodes.toReversed()) {
    const found = [...new Set(node.outputs.flatMap(({ id }) => axes.get(id) ?? []))];
    if (found.length === 0) continue;
    const operation = operationOf(node);
    const name = nameOf(operation);
    const reason = !axisOf.has(operation.kernelName)
      ? `there is no rule for ${name}`
      : `examples meet in ${name}`;
    const axis = found.find((one) => typeof one === 'string') ?? (found.length > 1 ? reason : found[0]!);
    const uses: Use[] = [];
    for (const [key, input] of Object.entries(node.inputs)) {
      const own = operation.names.get(key)!;
      const inside =
        typeof axis === 'string' ? axis : (axisIn(operation, own, input.shape, axis, examples) ?? reason);
      if (inside !== 'shared') mark(input.id, inside, typeof inside === 'string' ? inside : reason);
      else {
        const source = sourceOf(input, makers);
        const metBefore = `${name} gives what ${makers.get(source.id)?.kernelName} made to all examples`;
        const variable = position.get(source.id);
        if (variable !== undefined)
          uses.push({ name: own, shape: input.shape, variable, views: source.views });
        else mark(input.id, metBefore, metBefore);
      }
    }
    if (typeof axis === 'number') steps.push({ operation, axis, uses, inputs: {} });
  }
  const met = new Map<number, string>();
  for (const [index, { id }] of variables.entries()) {
    const axis = axes.get(id);
    if (axis !== undefined)
      met.set(index, typeof axis === 'string' ? axis : 'it has a part for each example');
  }
  return { steps: leading(steps.reverse(), met), met };
}

function nameOf({ kernelName }: Operation): string {
  const isKnown = axisOf.has(kernelName) || tf.getGradient(kernelName);
  return isKnown ? kernelName.replace('__op', '') : 'tf.customGrad';
}

/** The tensor behind operations that only arrange its elements. */
function sourceOf(tensor: tf.Tensor, makers: ReadonlyMap<number, TapeNode>) {
  const views: TapeNode[] = [];
  let { id } = tensor;
  for (let node = makers.get(id); node && VIEWS.includes(node.kernelName); node = makers.get(id)) {
    views.push(node);
    id = Object.values(node.inputs)[0]!.id;
  }
  return { id, views };
}

/** The steps that lead to uses of variables on whose way examples do not meet. */
function leading(steps: readonly Step[], met: Followed['met']): Step[] {
  const leads = new Set<number>();
  return steps.flatMap((step) => {
    const { node } = step.operation;
    const uses = step.uses.filter(({ variable }) => !met.has(variable));
    const inputs = Object.entries(node.inputs).filter(([, { id }]) => leads.has(id));
    if (uses.length + inputs.length === 0) return [];
    for (const { id } of node.outputs) leads.add(id);
    return [{ ...step, uses, inputs: Object.fromEntries(inputs) }];
  });
}
