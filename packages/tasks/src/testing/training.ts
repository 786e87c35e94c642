import { type ConstantCombiner, createTrainer, type Objective, type Task, type Trainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

/** The gradient of an objective on a batch with respect to one variable. */
export function gradientOf<Batch extends tf.TensorContainer>(
  objective: Objective<Batch>,
  batch: Batch,
  variable: tf.Variable,
): Float32Array {
  return tf.tidy(() => {
    const { grads } = tf.variableGrads(() => objective.loss(batch) as tf.Scalar, [variable]);
    return grads[variable.name]!.dataSync<'float32'>().slice();
  });
}

/** The slope along a direction, by a central difference in float64. */
export function slope(
  value: (point: readonly number[]) => number,
  point: ArrayLike<number>,
  direction: ArrayLike<number>,
  step: number,
): number {
  const at = (t: number) => value(Array.from(point, (x, index) => x + t * direction[index]!));
  return (at(step) - at(-step)) / (2 * step);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, x, index) => sum + x * b[index]!, 0);
}

/** A combiner with these weights. */
export function weighing(...weights: readonly number[]): ConstantCombiner {
  return { name: 'weighing', needs: 'nothing', weights: () => weights };
}

/** A trainer of the task. The caller still owns the task and the optimizer, and disposes them. */
export function trainerOf<Batch extends tf.TensorContainer>(
  { objectives, variables, state = [], schedule }: Task<Batch>,
  combiner: ConstantCombiner,
  optimizer: tf.Optimizer,
): Trainer<Batch> {
  const scheduled = schedule && { schedule };
  return createTrainer({ objectives, variables, state, combiner, optimizer, ...scheduled });
}

/** Trains from one step up to another. */
export async function trainSteps<Batch extends tf.TensorContainer>(
  task: Task<Batch>,
  trainer: Trainer<Batch>,
  from: number,
  to: number,
): Promise<void> {
  for (let step = from; step < to; step++) {
    const batch = task.batch(step);
    await trainer.step(batch);
    tf.dispose(batch);
  }
}
