// Three levels on one small network: fit the data; among the fits be smooth; among the smooth ones keep weights small.
import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { cosineSchedule, createTrainer, type Objective, shared } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const hidden = tf.variable(tf.randomNormal([1, 32], 0, 3, 'float32', 1));
const shift = tf.variable(tf.randomNormal([32], 0, 3, 'float32', 2));
const output = tf.variable(tf.randomNormal([32, 1], 0, 0.3, 'float32', 3));
const variables = [hidden, shift, output];

type Batch = { readonly x: tf.Tensor2D; readonly y: tf.Tensor2D };
const apply = (x: tf.Tensor2D) =>
  tf.matMul(tf.tanh(tf.add(tf.matMul(x, hidden as tf.Tensor2D), shift)), output as tf.Tensor2D);
// What two objectives need is computed once a step.
const predict = shared(({ x }: Batch) => apply(x));

const objectives: Objective<Batch>[] = [
  { name: 'fit', priority: 0, loss: (batch) => tf.losses.meanSquaredError(batch.y, predict(batch)) },
  {
    name: 'roughness',
    priority: 1,
    loss: (batch) => tf.mean(tf.square(tf.sub(apply(tf.add(batch.x, 0.05)), predict(batch)))),
  },
  {
    name: 'weights',
    priority: 2,
    loss: () => tf.add(tf.sum(tf.square(hidden)), tf.sum(tf.square(output))),
  },
];

const trainer = createTrainer<Batch>({
  objectives,
  combiner: bloop({ lambda: [0.5, 0.01], rho: 0.05 }),
  optimizer: tf.train.adam(),
  schedule: cosineSchedule({ rate: 0.01, steps: 400, warmup: 20 }),
  variables,
  seed: 1,
});

for (let step = 0; step < 400; step++) {
  const batch = tf.tidy(() => {
    const x = tf.randomUniform([64, 1], -1, 1, 'float32', step + 1) as tf.Tensor2D;
    return { x, y: tf.sin(tf.mul(x, 4)) as tf.Tensor2D };
  });
  const report = await trainer.step(batch);
  tf.dispose(batch);
  if ((step + 1) % 100 === 0) {
    const losses = Object.entries(report.losses).map(([name, loss]) => `${name} ${loss?.toFixed(4)}`);
    console.log(
      `step ${step + 1}: ${losses.join(', ')}; cosine of the first two ${report.cosines?.at(0, 1).toFixed(2)}`,
    );
  }
}
trainer.dispose();
