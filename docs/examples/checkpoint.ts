// A trainer goes back to a checkpoint, and a second one goes on from the same checkpoint as bytes.
import { deserialize, serialize } from 'node:v8';
import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { createTrainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const goal = tf.randomNormal([10], 0, 1, 'float32', 1);
const weights = tf.variable(tf.zeros([10]));
const makeTrainer = () =>
  createTrainer({
    objectives: [
      { name: 'fit', priority: 0, loss: () => tf.losses.meanSquaredError(goal, weights) },
      { name: 'size', priority: 1, loss: () => tf.sum(tf.abs(weights)) },
    ],
    combiner: bloop({ lambda: 0.1 }),
    optimizer: tf.train.adam(0.1),
    variables: [weights],
  });

const trainer = makeTrainer();
while (trainer.steps < 20) await trainer.step();
const checkpoint = await trainer.checkpoint();

while (trainer.steps < 39) await trainer.step();
const { losses } = await trainer.step();
console.log(`step 39: fit ${losses.fit?.toFixed(6)}`);

await trainer.restore(checkpoint);
console.log(`back at step ${trainer.steps}`);
trainer.dispose();

const other = makeTrainer();
await other.restore(deserialize(serialize(checkpoint)));
while (other.steps < 39) await other.step();
const again = await other.step();
console.log(`step 39: fit ${again.losses.fit?.toFixed(6)}, the same: ${again.losses.fit === losses.fit}`);
other.dispose();
