import { checkOptions, finiteNumber, type Task, type TaskDefinition, wholeNumber } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';

/*
 * Two numbers, x and y, start at (2, 2):
 *
 *   main ½ (x − 1)² + ½ scale y²,      auxiliary ½ (x + 1)² + ½ (y − 1)²
 */

export interface ValleyOptions {
  /** How steep the walls of the main objective are, positive. Default 10. */
  readonly scale?: number;
  /** Length of a run. Default 200. */
  readonly steps?: number;
}

const schema = v.strictObject({
  scale: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 10),
  steps: v.optional(wholeNumber(1), 200),
});

export function valley(options: ValleyOptions = {}, _seed = 0): Task {
  const { scale, steps } = checkOptions('valley', schema, options);
  const point = tf.tidy(() => tf.variable(tf.tensor1d([2, 2]), true, 'valley/point'));
  const distance = (center: readonly number[], steepness: readonly number[]) =>
    tf.mul(0.5, tf.sum(tf.mul([...steepness], tf.square(tf.sub(point, [...center]))))) as tf.Scalar;
  const main = () => distance([1, 0], [1, scale]);
  const auxiliary = () => distance([-1, 1], [1, 1]);
  const measured = async (loss: () => tf.Tensor) => {
    const tensor = tf.tidy(loss);
    const [value] = await tensor.data();
    tensor.dispose();
    return value!;
  };
  return {
    objectives: [
      { name: 'main', priority: 0, loss: main },
      { name: 'auxiliary', priority: 1, loss: auxiliary },
    ],
    variables: [point],
    optimizer: () => tf.train.sgd(0.02),
    steps,
    stepsPerEpoch: 10,
    batch: () => [],
    evaluate: async () => ({ train: { main: await measured(main), auxiliary: await measured(auxiliary) } }),
    dispose: () => point.dispose(),
  };
}

export const valleyDefinition: TaskDefinition = {
  id: 'valley',
  title: 'Valley',
  summary: 'Two quadratic bowls, one with steep walls.',
  version: 1,
  objectives: ['main', 'auxiliary'],
  options: schema,
  create: valley,
};
