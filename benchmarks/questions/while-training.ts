import { createTrainer, type GradientCombiner, type Task } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { assign, type Parameters, parametersOf } from './stationarity.ts';

/**
 * Trains a task and calls `look` at the given shares of training, from 0 to 1. Returns the results. `look`
 * may change the parameters and the state, since both are restored afterwards. Disposes of the task.
 */
export async function whileTraining<Look>(training: {
  readonly task: Task;
  readonly combiner: GradientCombiner;
  readonly seed: number;
  readonly shares: readonly number[];
  readonly look: (at: Parameters) => Look;
}): Promise<readonly Look[]> {
  const { task, combiner, seed, shares, look } = training;
  const { objectives, variables, state = [], schedule, steps } = task;
  const optimizer = task.optimizer();
  const trainer = createTrainer({
    objectives,
    combiner,
    optimizer,
    variables,
    state,
    seed,
    ...(schedule && { schedule }),
  });
  const looks: Look[] = [];
  for (let step = 0; step <= steps; step++) {
    if (shares.some((share) => Math.round(share * steps) === step)) {
      const [at, vectors] = [parametersOf(variables), parametersOf(state)];
      looks.push(look(at));
      assign(variables, at);
      assign(state, vectors);
    }
    if (step === steps) break;
    const batch = task.batch(step);
    await trainer.step(batch);
    tf.dispose(batch);
  }
  trainer.dispose();
  optimizer.dispose();
  task.dispose();
  return looks;
}

/** The mean of values, with the lowest and the highest. */
export function spreadOf(values: readonly number[]): string {
  const mean = values.reduce((sum, x) => sum + x) / values.length;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${mean.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}
