import * as tf from '@tensorflow/tfjs-core';

export interface Accumulator {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

export type Field = readonly [name: string, value: tf.Variable | Accumulator[]];

/** The fields of an optimizer that hold variables: single variables, and lists of accumulators. */
export function fieldsOf(optimizer: tf.Optimizer): Field[] {
  return Object.entries(optimizer).filter(
    ([, value]) => value instanceof tf.Variable || isAccumulators(value),
  );
}

/** The same fields. Throws if the optimizer has been disposed of. */
export function fieldsInUse(optimizer: tf.Optimizer): Field[] {
  const fields = fieldsOf(optimizer);
  // The rate of SGD is a tensor, but not a variable.
  const isGone = Object.values(optimizer).some((value) => value instanceof tf.Tensor && value.isDisposed);
  if (isGone || variablesIn(fields).some(({ isDisposed }) => isDisposed)) {
    throw new Error(
      `The optimizer ${optimizer.getClassName()} has been disposed of. Create a new trainer with one that has not.`,
    );
  }
  return fields;
}

export function variablesIn(fields: readonly Field[]): tf.Variable[] {
  return fields.flatMap(([, value]) =>
    Array.isArray(value) ? value.map(({ variable }) => variable) : [value],
  );
}

function isAccumulators(value: unknown): value is Accumulator[] {
  return Array.isArray(value) && value.every((item) => item?.variable instanceof tf.Variable);
}

/**
 * The variables in the order in which TensorFlow.js keeps their accumulators. It is the order of an object's
 * keys, in which names that are numbers come first.
 */
export function inOrder(variables: readonly tf.Variable[]): readonly tf.Variable[] {
  return Object.values(Object.fromEntries(variables.map((variable) => [variable.name, variable])));
}

/** True if an accumulator of this name belongs to the variable. */
export function isOf(originalName: string, variable: tf.Variable | undefined): boolean {
  return variable !== undefined && originalName.startsWith(variable.name);
}
