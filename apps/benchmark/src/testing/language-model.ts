import { bloop } from '@scalpel/bloop';
import { createTrainer } from '@scalpel/core';
import { languageModel } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/** The losses of a few steps, followed by the task's measurements of the network. */
export async function trained(start: () => Promise<void>): Promise<number[]> {
  await start();
  const options = { layers: 2, heads: 2, width: 16, feedForward: 24, context: 12, batch: 4, steps: 3 };
  const { objectives, variables, ...task } = await languageModel(options, 5);
  const optimizer = task.optimizer();
  const combiner = bloop({ lambda: 0.5, rho: 0.1 });
  const trainer = createTrainer({ objectives, variables, combiner, optimizer });
  const before = tf.memory().numTensors;
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) {
    const batch = task.batch(step);
    losses.push(...Object.values((await trainer.step(batch)).losses).map(Number));
    tf.dispose(batch);
  }
  const { train, test: heldOut } = await task.evaluate();
  // The average, and the two moments of Adam.
  expect(tf.memory().numTensors - before).toBe(3 * variables.length);
  trainer.dispose();
  optimizer.dispose();
  task.dispose();
  return [...losses, ...Object.values(train), ...Object.values(heldOut!)];
}

export function expectSame(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(3 * 2 + 4);
  for (const [index, loss] of actual.entries()) expect(loss).toBeCloseTo(expected[index]!, 3);
}
