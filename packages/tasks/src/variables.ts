import { engine, type Rank, type ShapeMap, tensor, type Variable, variable } from '@tensorflow/tfjs-core';

/**
 * A float32 variable. Throws if a variable of this name exists. TensorFlow.js finds variables by name, so two
 * tasks of one kind cannot share a process at the same time.
 */
export function createVariable<R extends Rank>(
  name: string,
  values: Float32Array,
  shape: ShapeMap[R],
  trainable = true,
): Variable<R> {
  if (engine().registeredVariables[name] !== undefined) {
    throw new Error(
      `A variable "${name}" exists already. Dispose of the task it belongs to, then create a new one.`,
    );
  }
  const initial = tensor<R>(values, shape, 'float32');
  const created = variable(initial, trainable, name);
  initial.dispose();
  return created;
}
