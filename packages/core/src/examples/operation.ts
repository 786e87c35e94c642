import * as tf from '@tensorflow/tfjs-core';
import type { Attributes, TapeNode } from '../tape/engine.ts';
import { axisOf } from './axes.ts';

/** A recorded operation with the names of its inputs, as the kernel without fusion has them. */
export interface Operation {
  readonly node: TapeNode;
  readonly kernelName: string;
  readonly attrs: Attributes;
  /** The inputs that depend on a variable: the name of each by its name on the tape. */
  readonly names: ReadonlyMap<string, string>;
  /** The tensors that were saved for its gradient: inputs by name, then outputs. */
  readonly saved: readonly { readonly name: string | null; readonly tensor: tf.Tensor }[];
}

/** The kernels that make up a fused one, with the names of their saved inputs and of all inputs. */
const FUSED: Readonly<Record<string, readonly [string, string, string]>> = {
  _FusedMatMul: ['BatchMatMul', 'a b', 'a b bias'],
  FusedConv2D: ['Conv2D', 'filter x', 'x filter bias'],
  FusedDepthwiseConv2D: ['DepthwiseConv2dNative', 'filter x', 'x filter bias'],
};

export function operationOf(node: TapeNode): Operation {
  const { attrs = {}, inputs, saved = [] } = node;
  const [kernelName, ...fused] = FUSED[node.kernelName] ?? [node.kernelName];
  const [own, all] = fused.map((names) => names.split(' '));
  const savedNames = own ?? tf.getGradient(kernelName)?.inputsToSave ?? [];
  return {
    node,
    kernelName,
    attrs,
    names: new Map(Object.keys(inputs).map((key) => [key, all?.[Number(key)] ?? key])),
    // A fused kernel saves its output and bias too, which the gradients of its parts do not need.
    saved: saved.slice(0, own?.length).map((tensor, index) => ({ tensor, name: savedNames[index] ?? null })),
  };
}

/**
 * The axis of the examples in an input of this shape, given that of the output. `shared` if all examples use
 * all of the input. Null if examples may meet.
 */
export function axisIn(
  { kernelName, node, attrs }: Operation,
  name: string,
  shape: readonly number[],
  axis: number,
  examples: number,
): number | 'shared' | null {
  const kind = axisOf.get(name === 'bias' ? 'Add' : kernelName);
  return kind?.(axis, { name, shape, output: node.outputs[0]!.shape, attrs }, examples) ?? null;
}
