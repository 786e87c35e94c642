import { bloop } from '@scalpel/bloop';
import { createTrainer } from '@scalpel/core';
import { fashionAndDigits } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';

/** Tests with one picture that a step of eleven million parameters is the same on every backend. */
export function describeLargeNetwork(start: () => Promise<void>): void {
  afterEach(() => tf.disposeVariables());

  test('a ResNet-18 makes a step that lowers the loss, and leaves nothing behind', async () => {
    await start();
    const before = tf.memory().numTensors;
    const options = { network: 'resnet-18', epochs: 1, batch: 1, images: 1, rate: 0.01 } as const;
    const task = await fashionAndDigits(options, 1);
    const optimizer = task.optimizer();
    const { objectives, variables } = task;
    const trainer = createTrainer({ objectives, variables, optimizer, combiner: bloop({ lambda: 0.5 }) });
    const batch = task.batch(0);
    const { losses, cosines, updated } = await trainer.step(batch);
    expect(updated).toBe(true);
    // The numbers are the same on all backends.
    const seen = [losses.clothing!, losses.digit!, cosines!.at(0, 1)].map((x) => x.toFixed(3));
    expect(seen).toEqual(['1.755', '2.058', '-0.044']);
    const [clothing] = objectives;
    const after = tf.tidy(() => clothing!.loss(batch) as tf.Tensor);
    expect((await after.data())[0]).toBeLessThan(losses.clothing! - 0.01);
    tf.dispose([batch, after]);
    trainer.dispose();
    optimizer.dispose();
    task.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
}
