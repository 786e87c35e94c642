import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { Objective } from '../objective.ts';
import { bias, half, kernel, trainer, variables } from '../testing/three-objectives.ts';
import { createTrainer } from '../trainer/trainer.ts';
import { shared } from './shared.ts';

describe('a shared trunk', () => {
  test('runs once a step and gives both objectives their gradient', async () => {
    let runs = 0;
    const trunk = shared((batch: number) => {
      runs++;
      return tf.tidy(() => tf.mul(tf.square(kernel), batch));
    });
    const heads = [1, 10].map(
      (factor, index): Objective<number> => ({
        name: `head ${index}`,
        priority: index,
        loss: (batch) => tf.tidy(() => tf.mul(tf.sum(trunk(batch)), factor)),
      }),
    );
    const before = [...kernel.dataSync()];
    const tensors = tf.memory().numTensors;
    const subject = trainer({ objectives: heads, combiner: half, optimizer: tf.train.sgd(0.01) });
    await subject.step(2);
    expect(runs).toBe(1);
    // d/dk of 2k² (1 + 10) / 2 is 22 k.
    for (const [i, x] of kernel.dataSync().entries()) expect(x).toBeCloseTo(before[i]! * (1 - 0.22), 5);
    await subject.step(2);
    expect(runs).toBe(2);
    subject.dispose();
    // The rate of plain SGD is a tensor.
    expect(tf.memory().numTensors).toBe(tensors + 1);
  });

  test('may hand on what it did not make', async () => {
    const trunk = shared((batch: tf.Tensor) => ({ batch, bias, scaled: tf.mul(batch, kernel) }));
    const heads = [0, 1].map((priority) => ({
      name: `head ${priority}`,
      priority,
      loss: (batch: tf.Tensor) => {
        const { batch: factor, bias: shift, scaled } = trunk(batch);
        return tf.tidy(() => tf.sum(tf.add(tf.mul(scaled, factor), shift)));
      },
    }));
    const optimizer = tf.train.sgd(0.01);
    const subject = createTrainer({ objectives: heads, combiner: half, optimizer, variables });
    const batch = tf.scalar(2);
    await subject.step(batch);
    const tensors = tf.memory().numTensors;
    await subject.step(batch);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(batch.isDisposed).toBe(false);
    batch.dispose();
  });

  test('computes anew outside a step', () => {
    const trunk = shared((batch: number) => tf.scalar(batch));
    expect(trunk(1)).not.toBe(trunk(1));
  });
});
