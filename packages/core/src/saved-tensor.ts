import * as tf from '@tensorflow/tfjs-core';

/** A tensor's float32 values with its shape: plain data, to be stored in any way that keeps typed arrays. */
export interface SavedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export async function saveTensor(tensor: tf.Tensor): Promise<SavedTensor> {
  // A copy: on some backends `data` is a view of the tensor's own memory.
  return { shape: [...tensor.shape], values: new Float32Array((await tensor.data()) as Float32Array) };
}

export function tensorOf({ shape, values }: SavedTensor): tf.Tensor {
  // A copy: on some backends a tensor goes on using the array it was made from.
  return tf.tensor(values.slice(), [...shape], 'float32');
}

/** Throws unless the saved tensors are exactly these variables, with their shapes. */
export function checkVariables(
  what: string,
  variables: readonly tf.Variable[],
  saved: Readonly<Record<string, SavedTensor>>,
): void {
  const missing = variables.map(({ name }) => name).filter((name) => !(name in saved));
  const names = new Set(variables.map(({ name }) => name));
  const unknown = Object.keys(saved).filter((name) => !names.has(name));
  if (missing.length > 0 || unknown.length > 0) {
    throw new Error(
      `The checkpoint is of another model: of the ${what}, it lacks [${missing}] and has [${unknown}] that the trainer does not. ` +
        'Create the trainer with the same variables, under the same names.',
    );
  }
  for (const variable of variables) {
    const { shape } = saved[variable.name]!;
    if (!tf.util.arraysEqual([...shape], variable.shape)) {
      throw new Error(
        `The checkpoint is of another model: "${variable.name}" has shape [${shape}] there and [${variable.shape}] here.`,
      );
    }
  }
}

export async function saveVariables(variables: readonly tf.Variable[]): Promise<Record<string, SavedTensor>> {
  const saved: Record<string, SavedTensor> = {};
  for (const variable of variables) saved[variable.name] = await saveTensor(variable);
  return saved;
}

export function restoreVariables(
  variables: readonly tf.Variable[],
  saved: Readonly<Record<string, SavedTensor>>,
): void {
  tf.tidy(() => {
    for (const variable of variables) variable.assign(tensorOf(saved[variable.name]!));
  });
}
