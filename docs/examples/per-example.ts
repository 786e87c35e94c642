// Each example as an objective: UPGrad on eight points, two of which have a wrong label, and examples that meet.
import { startWasm } from '@scalpel/backends';
import { mean, upgrad } from '@scalpel/baselines';
import { createTrainer, type GradientCombiner, type Objective } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const x = tf.tensor2d([-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2], [8, 1]);
const y = tf.tensor2d([0, 0, 0, 1, 0, 1, 1, 1], [8, 1]);
const hidden = tf.variable(tf.tensor2d([[0.5, -0.25, 1, 0.75]]), true, 'hidden');
const output = tf.variable(tf.tensor2d([0.5, -0.5, 0.25, 1], [4, 1]), true, 'output');
const variables = [hidden, output];
const starts = variables.map((variable) => variable.clone());

/** The cross-entropy of each example: a vector. */
const lossesOf = (features: tf.Tensor2D) => {
  const logits = tf.matMul(features, output as tf.Tensor2D);
  return tf.squeeze(tf.sub(tf.softplus(logits), tf.mul(logits, y)), [1]);
};
const features = () => tf.tanh(tf.matMul(x, hidden as tf.Tensor2D)) as tf.Tensor2D;

const points: Objective = {
  name: 'points',
  priority: 0,
  perExample: true,
  loss: () => tf.tidy(() => lossesOf(features())),
};

async function train(combiner: GradientCombiner): Promise<void> {
  for (const [index, variable] of variables.entries()) variable.assign(starts[index]!);
  const optimizer = tf.train.sgd(0.5);
  const trainer = createTrainer({ objectives: [points], combiner, optimizer, variables });
  let report = await trainer.step();
  while (trainer.steps < 100) report = await trainer.step();
  const losses = await lossesOf(features()).array();
  const largest = Math.max(...(losses as number[])).toFixed(2);
  console.log(`${combiner.name}: mean ${report.losses.points!.toFixed(2)}, largest ${largest}`);
  trainer.dispose();
  optimizer.dispose();
}

await train(mean());
await train(upgrad());

// Here the examples meet: each is centred by the mean of all.
const centred: Objective = {
  ...points,
  name: 'centred',
  loss: () => tf.tidy(() => lossesOf(tf.sub(features(), tf.mean(features(), 0)))),
};
const trainer = createTrainer({
  objectives: [centred],
  combiner: upgrad(),
  variables,
  optimizer: tf.train.sgd(0.5),
});
const { examplePasses } = await trainer.step();
console.log(JSON.stringify(examplePasses));
trainer.dispose();
