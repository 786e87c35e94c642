import * as tf from '@tensorflow/tfjs-core';
import { type ExampleGradients, isRows, tensorsOf } from './gradients.ts';

/** The largest magnitude in each of the tensors, for each example. NaN or Infinity if an element is so. */
export function largest(gradients: ExampleGradients): tf.Tensor[] {
  return tensorsOf(gradients).map((tensor) => {
    const [examples] = tensor.shape as [number];
    // Unit vectors have no scale.
    if (tensor.dtype === 'int32') return tf.ones([examples]);
    const elements = tf.reshape(tensor, [examples, -1]);
    // Backends differ in how a maximum treats NaN, but 0 · NaN and 0 · ∞ are NaN on all of them.
    return tf.add(tf.max(tf.abs(elements), 1), tf.sum(tf.mul(elements, 0), 1));
  });
}

/** The gradients with each of their tensors scaled by one factor per example. */
export function scaled(
  gradients: ExampleGradients,
  factors: readonly (readonly number[])[],
): ExampleGradients {
  const times = (tensor: tf.Tensor, index: number) =>
    tensor.dtype === 'int32'
      ? tf.clone(tensor)
      : tf.mul(
          tensor,
          tf.tensor(
            factors[index]! as number[],
            tensor.shape.map((length, axis) => (axis === 0 ? length : 1)),
          ),
        );
  if (isRows(gradients)) return { rows: times(gradients.rows, 0) as tf.Tensor2D };
  const { a, b, width } = gradients;
  return { a: times(a, 0), width, b: times(b, 1) as tf.Tensor3D };
}
