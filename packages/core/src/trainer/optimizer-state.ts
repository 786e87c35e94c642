import type * as tf from '@tensorflow/tfjs-core';
import { fieldsInUse } from './optimizer-fields.ts';
import { type SavedTensor, saveTensor } from './saved-tensor.ts';

/** The state that a `tf.train` optimizer carries from step to step, exact to the last bit. */
export interface OptimizerState {
  readonly iterations: number;
  /**
   * Scalars such as Adam's powers of β, by field. The `setWeights` of TensorFlow.js recomputes them, which
   * does not give the same bits.
   */
  readonly scalars: Readonly<Record<string, SavedTensor>>;
  /**
   * Lists of accumulators by field, one accumulator per variable and of its shape. Empty before the first
   * step.
   */
  readonly accumulators: Readonly<
    Record<string, readonly { readonly name: string; readonly tensor: SavedTensor }[]>
  >;
}

export async function saveOptimizer(optimizer: tf.Optimizer): Promise<OptimizerState> {
  const scalars: Record<string, SavedTensor> = {};
  const accumulators: Record<string, { name: string; tensor: SavedTensor }[]> = {};
  for (const [field, value] of fieldsInUse(optimizer)) {
    if (!Array.isArray(value)) {
      scalars[field] = await saveTensor(value);
      continue;
    }
    accumulators[field] = [];
    for (const { originalName, variable } of value) {
      accumulators[field].push({ name: originalName, tensor: await saveTensor(variable) });
    }
  }
  return { iterations: optimizer.iterations, scalars, accumulators };
}
