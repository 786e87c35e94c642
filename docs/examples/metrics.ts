// Accuracy on the batches that are trained on, from the logits that the loss was made from.
import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { createTrainer, type Objective } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

interface Batch {
  readonly x: tf.Tensor2D;
  readonly digits: tf.Tensor1D;
}

const weights = tf.variable(tf.zeros([8, 4])) as tf.Variable<tf.Rank.R2>;
const truth = tf.randomNormal([8, 4], 0, 1, 'float32', 1) as tf.Tensor2D;

/** Points with the number of the truth's column that they are most like. */
const draw = (step: number): Batch => ({
  ...tf.tidy(() => {
    const x = tf.randomNormal([64, 8], 0, 1, 'float32', step + 2) as tf.Tensor2D;
    return { x, digits: tf.argMax(tf.matMul(x, truth), 1) as tf.Tensor1D };
  }),
});

const objectives: Objective<Batch>[] = [
  {
    name: 'digit',
    priority: 0,
    loss: ({ x, digits }) => {
      const logits = tf.matMul(x, weights);
      return { loss: tf.losses.softmaxCrossEntropy(tf.oneHot(digits, 4), logits), outputs: { logits } };
    },
  },
  { name: 'size', priority: 1, loss: () => tf.sum(tf.square(weights)) },
];

const trainer = createTrainer({
  objectives,
  combiner: bloop({ lambda: 0.01 }),
  optimizer: tf.train.adam(0.05),
  variables: [weights],
});

for (let step = 0; step < 60; step++) {
  const batch = draw(step);
  const { outputs } = await trainer.step(batch);
  if (step % 20 === 19) {
    const { logits } = outputs[0]!.digit!;
    const isRight = tf.tidy(() => tf.mean(tf.equal(tf.argMax(logits!, 1), batch.digits)));
    console.log(`step ${step}: ${(await isRight.data())[0]} are right`);
    isRight.dispose();
  }
  tf.dispose([batch.x, batch.digits]);
}
trainer.dispose();
