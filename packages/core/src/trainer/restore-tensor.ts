import * as tf from '@tensorflow/tfjs-core';
import type { SavedTensor } from './saved-tensor.ts';

/** The problem with a value that should be a saved tensor; null if there is none. */
export function damageOf(value: unknown): string | null {
  const { shape, values } = (value ?? {}) as Partial<SavedTensor>;
  const isShape =
    Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (!isShape) return 'has no shape';
  // The array may come from another realm, as a checkpoint may.
  if (Object.prototype.toString.call(values) !== '[object Float32Array]') {
    return 'holds no Float32Array any more. JSON does not keep those: store checkpoints with `serialize` of node:v8, or in IndexedDB';
  }
  const size = tf.util.sizeFromShape([...shape]);
  return values!.length === size ? null : `has ${values!.length} values for the shape [${shape}]`;
}

/** The first value of a valid saved tensor that is not finite, in words; null if all are finite. */
export function notFinite(value: unknown): string | null {
  const { values } = value as SavedTensor;
  const bad = values.findIndex((x) => !Number.isFinite(x));
  return bad < 0
    ? null
    : `has ${values[bad]} as its value ${bad}, but a training that goes on has finite ones`;
}

export function tensorOf({ shape, values }: SavedTensor): tf.Tensor {
  // A copy: on some backends a tensor keeps using the array from which it was made.
  return tf.tensor(values.slice(), [...shape], 'float32');
}

/** The error for a checkpoint in which something has changed since it was saved. */
export function damaged(problem: string): Error {
  return new Error(`The checkpoint is damaged: ${problem}. Restore an earlier one.`);
}

/** Throws unless there is one saved tensor for each variable, with its shape. Null stands for zeros. */
export function checkAlike(
  where: string,
  variables: readonly tf.Variable[],
  saved: readonly (SavedTensor | null)[],
): void {
  if (saved.length !== variables.length) {
    throw damaged(`${where} has ${saved.length} tensors for ${variables.length} variables`);
  }
  for (const [index, { name, shape }] of variables.entries()) {
    const own = saved[index]?.shape ?? shape;
    if (tf.util.arraysEqual([...own], shape)) continue;
    throw damaged(`${where}.${index} has shape [${own}] for "${name}" of shape [${shape}]`);
  }
}

/** Throws unless the saved tensors are exactly these variables, with their shapes. */
export function checkSaved(
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
