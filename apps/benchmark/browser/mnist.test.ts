import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { createTrainer } from '@scalpel/core';
import { smoothMnist } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { expect, test, vi } from 'vitest';

// Node reads the files from the package. Here the server sends them, with headers of 16 and 8 bytes.
vi.mock('../../../packages/tasks/src/datasets/mnist.ts', async () => {
  const load = async (name: string, header: number) => {
    const answer = await fetch(`/mnist/${name}-ubyte`);
    return new Uint8Array(await answer.arrayBuffer()).subarray(header);
  };
  const part = async (name: string) => {
    const [images, labels] = [await load(`${name}-images-idx3`, 16), await load(`${name}-labels-idx1`, 8)];
    return { count: labels.length, pixels: 784, images, labels };
  };
  const data = { train: await part('train'), test: await part('t10k') };
  return { mnist: () => data };
});

test('the task of smooth digits trains on wasm in a browser: one epoch of all images', async () => {
  await startWasm();
  const task = await smoothMnist({ epochs: 1 });
  const { objectives, variables, state, schedule, steps, stepsPerEpoch } = task;
  const optimizer = task.optimizer();
  const trainer = createTrainer({
    objectives,
    variables,
    optimizer,
    combiner: bloop({ lambda: 0.5 }),
    stepsPerEpoch,
    seed: 0,
    ...(state && { state }),
    ...(schedule && { schedule }),
  });
  for (let step = 0; step < steps; step++) {
    const batch = task.batch(step);
    await trainer.step(batch);
    tf.dispose(batch);
  }
  const { metrics } = await task.evaluate();
  expect(metrics!['test/accuracy']).toBeGreaterThan(0.9);
  trainer.dispose();
  optimizer.dispose();
  task.dispose();
});
