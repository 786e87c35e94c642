import * as tf from '@tensorflow/tfjs-core';
import { tidied } from '../tidied.ts';
import type { HalfTensor } from './half-tensor.ts';
import type { Row, StoredRow } from './kernels.ts';
import { kernels } from './rows.ts';

/** The row, rounded to float16. Takes over its tensors. Throws if the backend has no kernels for float16. */
export function halved(row: Row): StoredRow {
  const { halve } = kernels();
  const result: (tf.Tensor | HalfTensor | null)[] = [...row];
  try {
    if (!halve) {
      throw new Error(
        `gradients: 'half' needs the kernels of @scalpel/backends for wasm or WebGPU, but the backend is "${tf.getBackend()}". ` +
          "Call startWasm() or startWebgpu() first, or give createTrainer gradients: 'kept' or 'streamed'.",
      );
    }
    for (const [variable, tensor] of row.entries()) {
      if (!tensor || tensor.size === 0) continue;
      result[variable] = tidied(() => halve(tensor));
      tensor.dispose();
    }
    return result;
  } catch (error) {
    tf.dispose(result as tf.Tensor[]);
    throw error;
  }
}
