import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Batch, inputsOf } from './batch.ts';

/**
 * All outputs of the model, in its order. In training mode dropout is on, and batch normalisation updates its
 * moving averages.
 */
export function outputsOf(model: LayersModel, batch: Batch, training: boolean): tf.Tensor[] {
  const inputs = inputsOf(model.inputNames, batch.xs).map((input, index) => {
    const { shape } = model.inputs[index]!;
    // As in `model.fit`, a list of numbers becomes a column.
    return input.rank === shape.length - 1 && shape.at(-1) === 1 ? tf.expandDims(input, -1) : input;
  });
  const outputs = model.call(inputs, { training });
  return Array.isArray(outputs) ? outputs : [outputs];
}
