import * as tf from '@tensorflow/tfjs-core';
import { setLearningRate } from './learning-rate.ts';
import { type Field, fieldsInUse, fieldsOf, inOrder, isOf, variablesIn } from './optimizer-fields.ts';
import { type Snapshot, snapshotVariables } from './snapshot.ts';

/**
 * The accumulators, learning rate and counts of an optimizer. Throws if the optimizer has been disposed of,
 * or if its accumulators belong to other variables.
 */
export function snapshotOptimizer(optimizer: tf.Optimizer, trained: readonly tf.Variable[]): Snapshot {
  const before = fieldsInUse(optimizer);
  checkTrained(before, inOrder(trained));
  const lists = before.flatMap(([field, list]) =>
    Array.isArray(list) ? [{ field, list, items: [...list] }] : [],
  );
  const variables = variablesIn(before);
  const values = snapshotVariables(variables);
  // TensorFlow.js makes the count of iterations when somebody first reads it.
  void optimizer.iterations;
  const numbers = Object.entries(optimizer).filter(([, value]) => typeof value === 'number');
  return {
    restore() {
      const fields = optimizer as unknown as Record<string, unknown>;
      const rate = fields.learningRate;
      Object.assign(optimizer, Object.fromEntries(numbers));
      if (rate !== fields.learningRate) setLearningRate(optimizer, fields.learningRate as number);
      tf.dispose(variablesIn(fieldsOf(optimizer)).filter((variable) => !variables.includes(variable)));
      for (const { field, list, items } of lists) {
        list.splice(0, list.length, ...items);
        fields[field] = list;
      }
      values.restore();
    },
    release: values.release,
  };
}

/** Accumulators are found by position, so those of other variables would be mistaken for those of these. */
function checkTrained(fields: readonly Field[], variables: readonly tf.Variable[]): void {
  for (const [, list] of fields) {
    if (!Array.isArray(list)) continue;
    for (const [index, { originalName = '' }] of list.entries()) {
      if (isOf(originalName, variables[index])) continue;
      const name = variables[index]?.name;
      throw new Error(
        `The optimizer has trained other variables: it keeps "${originalName}" where ${name === undefined ? 'nothing' : `"${name}"`} is trained now. Give each trainer an optimizer of its own.`,
      );
    }
  }
}
