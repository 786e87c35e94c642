import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Batch, inputsOf } from './batch.ts';

/** All outputs of the model, in its order. In training mode batch normalisation moves its averages, and dropout drops. */
export function outputsOf(model: LayersModel, batch: Batch, training: boolean): tf.Tensor[] {
  const inputs = inputsOf(model.inputNames, batch.xs).map((input, index) => {
    const { shape } = model.inputs[index]!;
    // As `model.fit` does: a list of numbers is a column.
    return input.rank === shape.length - 1 && shape.at(-1) === 1 ? tf.expandDims(input, -1) : input;
  });
  const outputs = model.call(inputs, { training });
  return Array.isArray(outputs) ? outputs : [outputs];
}
