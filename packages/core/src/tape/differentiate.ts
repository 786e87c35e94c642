import * as tf from '@tensorflow/tfjs-core';
import { recordingEngine, type TapeNode } from './engine.ts';

/**
 * The contribution of one node to each of its inputs, by tensor id. Each contribution is a separate tensor.
 */
export function differentiate(
  node: TapeNode,
  dys: (tf.Tensor | null)[],
): readonly (readonly [number, tf.Tensor])[] {
  const mark = recordingEngine().nextTensorId();
  const names = Object.keys(node.inputs);
  const tensors = tf.tidy(() => {
    if (node.gradient === undefined) {
      throw new Error(
        `No gradient is registered for ${node.kernelName}. If there is none for anything, import '@tensorflow/tfjs' first.`,
      );
    }
    const byName = node.gradient(dys);
    const given = names.map((name) => byName[name]?.() ?? fail(node, name, 'is missing'));
    // A gradient function may return one tensor for several inputs, pass on its own dy, or return a saved
    // tensor. It must be possible to dispose of each input's tensor without the others.
    return given.map((tensor, index) =>
      tensor.id <= mark || given.indexOf(tensor) < index ? tf.clone(tensor) : tensor,
    );
  });
  for (const [index, name] of names.entries()) {
    const { dtype, shape } = tensors[index]!;
    const wanted = node.inputs[name]!.shape;
    if (dtype !== 'float32' || !tf.util.arraysEqual(shape, wanted)) {
      fail(node, name, `is ${dtype} of shape [${shape}] instead of float32 of shape [${wanted}]`);
    }
  }
  return names.map((name, index) => [node.inputs[name]!.id, tensors[index]!]);
}

function fail(node: TapeNode, input: string, problem: string): never {
  throw new Error(`The gradient of ${node.kernelName} for its input "${input}" ${problem}.`);
}
