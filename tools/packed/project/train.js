// A model on two levels, by the public packages alone: what every part of this check runs.
import { bloop } from '@scalpel/bloop';
import { createTrainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

/** The first and the last loss of the more important objective, and the tensors that are left over. */
export async function train(steps) {
  const before = tf.memory().numTensors;
  const weights = tf.tidy(() => tf.variable(tf.ones([8, 1])));
  const inputs = tf.randomNormal([64, 8], 0, 1, 'float32', 1);
  const labels = tf.tidy(() => tf.matMul(inputs, tf.randomNormal([8, 1], 0, 1, 'float32', 2)));
  const optimizer = tf.train.adam(0.05);
  const trainer = createTrainer({
    objectives: [
      {
        name: 'fit',
        priority: 0,
        loss: () => tf.losses.meanSquaredError(labels, tf.matMul(inputs, weights)),
      },
      { name: 'size', priority: 1, loss: () => tf.sum(tf.square(weights)) },
    ],
    combiner: bloop({ lambda: 0.1 }),
    optimizer,
    variables: [weights],
    seed: 1,
  });
  const losses = [];
  for (let step = 0; step < steps; step++) losses.push((await trainer.step()).losses.fit);
  trainer.dispose();
  optimizer.dispose();
  tf.dispose([weights, inputs, labels]);
  return { first: losses[0], last: losses.at(-1), left: tf.memory().numTensors - before };
}
