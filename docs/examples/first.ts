// Twenty examples for fifty weights: fit them first, and among all weights that fit have small ones.
import { startWasm } from '@scalpel/backends';
import { mixed } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { createTrainer } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const x = tf.randomNormal([20, 50], 0, 1, 'float32', 1);
const y = tf.randomNormal([20, 1], 0, 1, 'float32', 2);

for (const combiner of [mixed(), bloop()]) {
  const weights = tf.variable(tf.randomNormal([50, 1], 0, 1, 'float32', 3));
  const trainer = createTrainer({
    objectives: [
      {
        name: 'fit',
        priority: 0,
        loss: () => tf.losses.meanSquaredError(y, tf.matMul(x, weights)),
      },
      { name: 'size', priority: 1, loss: () => tf.sum(tf.square(weights)) },
    ],
    combiner,
    optimizer: tf.train.sgd(0.05),
    variables: [weights],
  });
  for (let step = 1; step <= 400; step++) {
    const { losses } = await trainer.step();
    if (step % 200 === 0) {
      console.log(
        `${combiner.name}, step ${step}: fit ${losses.fit?.toFixed(4)}, size ${losses.size?.toFixed(4)}`,
      );
    }
  }
  trainer.dispose();
}
