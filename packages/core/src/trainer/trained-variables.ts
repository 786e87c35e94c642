import * as tf from '@tensorflow/tfjs-core';
import { described } from '../described.ts';

/** Throws unless each is a variable that can be trained or saved, and is given once. */
export function checkVariables(
  given: { readonly variables: readonly unknown[]; readonly state: readonly unknown[] },
  owner = 'trainer',
): void {
  if (given.variables.length === 0)
    throw new Error('There are no variables to train. Give the ones the losses depend on.');
  const seen = new Set<string>();
  for (const [list, values] of Object.entries(given)) {
    for (const [index, value] of values.entries()) {
      const variable = variableOf(value, `${list}[${index}]`);
      if (seen.has(variable.name)) throw new Error(`Variable "${variable.name}" is given twice.`);
      seen.add(variable.name);
      checkAlive([variable], owner);
      if (variable.dtype !== 'float32') {
        throw new Error(`Variable "${variable.name}" is ${variable.dtype}, but only float32 can be trained.`);
      }
    }
  }
}

/**
 * Throws if the name of a variable now stands for something else. Then a step would move or save the wrong
 * thing, or nothing.
 */
export function checkAlive(variables: readonly tf.Variable[], owner = 'trainer'): void {
  const registered = tf.engine().registeredVariables;
  for (const variable of variables) {
    const now = registered[variable.name];
    if (now === variable) continue;
    const what = now ? ', and another one has its name now' : ', or is of another copy of TensorFlow.js';
    throw new Error(
      `Variable "${variable.name}" has been disposed of${what}, so this ${owner} cannot use it. Create a new ${owner} with variables that exist.`,
    );
  }
}

/** Watches all variables except these. Returns a function that gives the names of those with new values. */
export function movedBeside(known: readonly tf.Variable[]): () => readonly string[] {
  const expected = new Set(known);
  const all: readonly tf.Variable[] = Object.values(tf.engine().registeredVariables);
  const before = all.flatMap((variable) =>
    expected.has(variable) ? [] : [{ variable, dataId: variable.dataId }],
  );
  return () =>
    before.flatMap(({ variable, dataId }) =>
      variable.dataId === dataId || variable.isDisposed ? [] : [variable.name],
    );
}

function variableOf(value: unknown, where: string): tf.Variable {
  if (value instanceof tf.Variable) return value;
  if (value instanceof tf.Tensor) {
    throw new Error(
      `${where} is ${described(value)}, but must be a variable. Make it one with tf.variable(tensor), and use that in the losses.`,
    );
  }
  const weight = value as { readonly name?: unknown; readonly read?: unknown } | null | undefined;
  if (typeof weight?.read === 'function') {
    throw new Error(
      `${where} is the weight ${described(weight.name)} of a layer, which holds a variable. ` +
        'Give the variable in it: model.trainableWeights.map((weight) => weight.read()).',
    );
  }
  throw new Error(`${where} is ${described(value)}, but must be a tf.Variable.`);
}
