import type * as tf from '@tensorflow/tfjs-core';
import { described } from '../described.ts';
import type { Schedule } from '../schedule.ts';

/**
 * Sets the learning rate. TensorFlow.js optimizers have no common way to do so: SGD and momentum hold it in a
 * tensor, the others in a number.
 */
export function setLearningRate(optimizer: tf.Optimizer, rate: number): void {
  const target = optimizer as unknown as { learningRate?: number; setLearningRate?: (rate: number) => void };
  if (target.setLearningRate) target.setLearningRate(rate);
  else target.learningRate = rate;
}

/** Throws if a schedule cannot set the rate of this optimizer. */
export function checkHasLearningRate(optimizer: tf.Optimizer): void {
  if (!('learningRate' in optimizer) && !('setLearningRate' in optimizer)) {
    throw new Error(
      `The optimizer ${optimizer.getClassName()} has no learning rate to schedule. Leave out \`schedule\`, or use one of tf.train.*.`,
    );
  }
}

/**
 * The learning rate, or null if the optimizer has none. Throws if it is not a finite number >= 0. The error
 * begins with `where`.
 */
export function checkedLearningRate(where: string, optimizer: tf.Optimizer): number | null {
  if (!('learningRate' in optimizer)) return null;
  const rate: unknown = optimizer.learningRate;
  if (isRate(rate)) return rate;
  throw new Error(
    `${where}: the learning rate of the optimizer ${optimizer.getClassName()} is ${described(rate)}, but must be a finite number >= 0. ` +
      'Give it one, as in tf.train.sgd(0.1).',
  );
}

/** True if this is a learning rate: a finite number >= 0. */
function isRate(rate: unknown): rate is number {
  return Number.isFinite(rate) && (rate as number) >= 0;
}

/** The rate of a step. Throws unless the schedule returns a finite number >= 0. */
export function rateAt(schedule: Schedule, step: number): number {
  const rate = schedule(step);
  if (isRate(rate)) return rate;
  throw new Error(
    `The schedule answered with ${described(rate)} for step ${step}, but must answer with a finite number >= 0. Is it one that was not called, as cosineSchedule({ … }) is?`,
  );
}
