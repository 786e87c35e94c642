// An optimizer of one's own: Adam with decoupled weight decay (AdamW), which TensorFlow.js does not have.
import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { createTrainer, type Objective, type Trainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const x = tf.randomNormal([64, 8], 0, 1, 'float32', 1) as tf.Tensor2D;
const weights = tf.variable(tf.zeros([8, 2])) as tf.Variable<tf.Rank.R2>;
const variables = [weights];

/** One objective for each column of the answers. */
const objectives = [0, 1].map((column): Objective => {
  const wanted = tf.randomNormal([64, 1], 0, 1, 'float32', 2 + column);
  const loss = () =>
    tf.losses.meanSquaredError(wanted, tf.slice(tf.matMul(x, weights), [0, column], [-1, 1]));
  return { name: `column ${column}`, priority: column, loss };
});
const combiner = bloop({ lambda: 0.5 });
const rate = 0.05;

/** A step of AdamW. */
async function step(trainer: Trainer<void>, adam: tf.Optimizer, decay: number): Promise<void> {
  const { gradients } = await trainer.combineGradients();
  if (gradients === null) return;
  tf.tidy(() => weights.assign(tf.mul(weights, 1 - rate * decay)));
  adam.applyGradients(gradients);
  tf.dispose(gradients);
}

const length = () => tf.tidy(() => tf.norm(weights).dataSync()[0]!);

/** The length of the weights after 100 steps. */
async function trained(decay: number): Promise<number> {
  weights.assign(tf.ones([8, 2]));
  const trainer = createTrainer({ objectives, combiner, variables });
  const adam = tf.train.adam(rate);
  while (trainer.steps < 100) await step(trainer, adam, decay);
  trainer.dispose();
  adam.dispose();
  return length();
}

for (const decay of [0, 0.1, 1]) console.log(`decay ${decay}: length ${(await trained(decay)).toFixed(4)}`);

// Without decay it is the trainer's own way.
const own = await trained(0);
weights.assign(tf.ones([8, 2]));
const trainer = createTrainer({ objectives, combiner, variables, optimizer: tf.train.adam(rate) });
while (trainer.steps < 100) await trainer.step();
console.log(`with an optimizer: the same ${length() === own}`);
