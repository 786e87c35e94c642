import * as tf from '@tensorflow/tfjs-core';

/** The values from which a tensor is made on each backend. */
export interface Values {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly values: readonly number[];
}

export type Compute = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

export function tensorOf({ shape, dtype, values }: Values): tf.Tensor {
  return tf.tensor(values as number[], shape, dtype);
}

/** The results of a computation on the current backend. */
export async function results(compute: Compute, inputs: readonly Values[]): Promise<Values[]> {
  const outputs = tf.tidy(() => [compute(...inputs.map(tensorOf))].flat());
  try {
    const values = await Promise.all(outputs.map((output) => output.data()));
    return outputs.map(({ shape, dtype }, i) => ({
      shape,
      dtype: dtype as Values['dtype'],
      values: Array.from(values[i]!),
    }));
  } finally {
    tf.dispose(outputs);
  }
}

/** The weights are computed on the host, because the cosine of a GPU has its own error. */
export function differentWeights(shape: readonly number[]): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, index) => Math.cos(index)),
    [...shape],
  );
}
