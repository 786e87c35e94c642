// What a step reports: two tasks on the first level, and the size of the weights on the second.
import { startWasm } from '@scalpel/backends';
import { mgda } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { byLevel, createTrainer, shared } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const x = tf.randomNormal([64, 4], 0, 1, 'float32', 1);
const y = tf.randomNormal([64, 2], 0, 1, 'float32', 2);
const weights = tf.variable(tf.randomNormal([4, 1], 0, 1, 'float32', 3));
const answers = shared<void, tf.Tensor>(() => tf.matMul(x, weights));
const distanceTo = (column: number) =>
  tf.losses.meanSquaredError(tf.slice(y, [0, column], [-1, 1]), answers()) as tf.Scalar;

const trainer = createTrainer({
  objectives: [
    { name: 'left', priority: 0, loss: () => distanceTo(0) },
    { name: 'right', priority: 0, loss: () => distanceTo(1) },
    { name: 'size', priority: 1, loss: () => tf.sum(tf.square(weights)) },
  ],
  combiner: byLevel({ within: mgda(), across: bloop({ lambda: 0.1 }) }),
  optimizer: tf.train.sgd(0.1),
  variables: [weights],
});
while (trainer.steps < 49) await trainer.step();
const report = await trainer.step();
trainer.dispose();

const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(3)) : value);
for (const [field, value] of Object.entries(report)) {
  console.log(`${field}: ${JSON.stringify(value, rounded)}`);
}
