import type * as tf from '@tensorflow/tfjs-core';

/**
 * The float32 values of a tensor, with its shape. It is plain data, to be stored in any way that keeps typed
 * arrays.
 */
export interface SavedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export async function saveTensor(tensor: tf.Tensor): Promise<SavedTensor> {
  // A copy: on some backends `data` is a view of the tensor's own memory.
  return { shape: [...tensor.shape], values: new Float32Array((await tensor.data()) as Float32Array) };
}

export async function saveVariables(variables: readonly tf.Variable[]): Promise<Record<string, SavedTensor>> {
  const saved: Record<string, SavedTensor> = {};
  for (const variable of variables) saved[variable.name] = await saveTensor(variable);
  return saved;
}
