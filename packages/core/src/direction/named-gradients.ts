import * as tf from '@tensorflow/tfjs-core';
import type { Row } from '../rows/kernels.ts';

/** Gradients in the form that TensorFlow.js's own optimizers take. */
export function namedGradients(
  variables: readonly tf.Variable[],
  gradients: Row,
  frozen: readonly boolean[],
): tf.NamedTensorMap {
  // Optimizers need every variable in each step, because they keep accumulators by position. A variable
  // without a gradient stays where it is, and so do its accumulators.
  const entries = variables.map(({ name, shape }, v) => {
    return [name, frozen[v] ? null : (gradients[v] ?? tf.zeros(shape))] as const;
  });
  return Object.fromEntries(entries) as tf.NamedTensorMap;
}
