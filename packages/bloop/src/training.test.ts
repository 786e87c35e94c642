import { createTrainer, type Objective } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { bloop } from './bloop.ts';

test('trained through tensors it reaches the trilevel solution, resumes bit for bit, and leaks nothing', async () => {
  const before = tf.memory().numTensors;
  const [a, b, c] = ['a', 'b', 'c'].map((name) =>
    tf.tidy(() => tf.variable(tf.scalar(1), true, `bloop/${name}`)),
  );
  const variables = [a!, b!, c!];
  const half = (...terms: tf.Tensor[]) => tf.mul(tf.addN(terms.map((term) => tf.square(term))), 0.5);
  const objectives: Objective[] = [
    { name: 'first', priority: 0, loss: () => half(a!) },
    { name: 'second', priority: 1, loss: () => half(tf.sub(a!, 1), b!) },
    { name: 'third', priority: 2, loss: () => half(tf.sub(a!, 1), tf.sub(b!, 1), tf.sub(c!, 2)) },
  ];
  const optimizer = tf.train.sgd(0.2);
  const create = () => {
    const combiner = bloop({ rho: 0.1, initial: 'first' });
    return createTrainer({ objectives, combiner, optimizer, variables, seed: 0 });
  };
  const values = () => Promise.all(variables.map(async (variable) => (await variable.data())[0]!));

  const trainer = create();
  for (let step = 0; step < 40; step++) await trainer.step();
  const checkpoint = await trainer.checkpoint();
  for (let step = 0; step < 60; step++) await trainer.step();
  const direct = await values();
  trainer.dispose();
  for (const [i, x] of [0, 0, 2].entries()) expect(direct[i]).toBeCloseTo(x, 1);

  const resumed = create();
  await resumed.restore(checkpoint);
  for (let step = 0; step < 60; step++) await resumed.step();
  expect(await values()).toEqual(direct);
  resumed.dispose();
  optimizer.dispose();
  tf.dispose(variables);
  expect(tf.memory().numTensors).toBe(before);
});
