// Several ways to combine the gradients of two tasks on one trunk: as a value, over some variables, and at the features.
import { startWasm } from '@scalpel/backends';
import { upgrad } from '@scalpel/baselines';
import { createTrainer, jacobian, type Objective, representation, shared } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

interface Batch {
  readonly x: tf.Tensor2D;
}

const random = (shape: [number, number], seed: number) =>
  tf.randomNormal(shape, 0, 1, 'float32', seed) as tf.Tensor2D;
const variable = (shape: [number, number], seed: number, name: string) =>
  tf.variable(random(shape, seed), true, name) as tf.Variable<tf.Rank.R2>;
const first = variable([4, 8], 1, 'trunk/first');
const second = variable([8, 8], 2, 'trunk/second');
const heads = [variable([8, 1], 3, 'left/head'), variable([8, 1], 9, 'right/head')];
const variables = [first, second, ...heads];
const batch: Batch = { x: random([16, 4], 5) };

const features = shared(
  ({ x }: Batch) => tf.tanh(tf.matMul(tf.tanh(tf.matMul(x, first)), second)) as tf.Tensor2D,
);

/** One loss for each example: its error on a task. */
const errors = (task: number, given: Batch) =>
  tf.square(tf.sub(tf.matMul(features(given), heads[task]!), [1, -1][task]!)).flatten();
const objectives = ['left', 'right'].map((name, task): Objective<Batch> => {
  return { name, priority: 0, loss: (given) => tf.mean(errors(task, given)) };
});

// The gradients as a value.
const rows = jacobian(
  () => ({ left: tf.mean(errors(0, batch)), right: tf.mean(errors(1, batch)) }),
  variables,
);
const gramian = await rows.gramian();
console.log(`of ${rows.rows}: inner product ${gramian.at(0, 1).toFixed(2)}`);

const optimizer: tf.Optimizer = tf.train.sgd(0.01);
const { gradients, coefficients } = await rows.combine(upgrad());
optimizer.applyGradients(gradients);
tf.dispose(gradients);
rows.dispose();
console.log(`coefficients ${coefficients.map((c) => c.toFixed(2))}`);

// One loss for each example and task, 32 rows, of which eight are in memory at a time.
const each = jacobian(() => tf.stack([errors(0, batch), errors(1, batch)], 1), variables, { rowsAtOnce: 8 });
const nested = await each.nestedGramian();
console.log(`example 3, both tasks: inner product ${nested[3]![0]![3]![1]!.toFixed(2)}`);
const weights = (await each.combine(upgrad())).coefficients;
each.dispose();
console.log(`${weights.length} coefficients, all at least 0: ${weights.every((c) => c >= 0)}`);

// In a trainer, inner products may run over all variables, over some, or be taken at the features.
const trainer = createTrainer({
  objectives,
  combiner: upgrad(),
  optimizer,
  variables,
  over: ({ name }) => name.startsWith('trunk/second'),
});
const atFeatures = createTrainer({
  objectives,
  combiner: upgrad(),
  optimizer,
  variables,
  over: representation(features),
});
for (const one of [trainer, atFeatures]) {
  const { losses } = await one.step(batch);
  while (one.steps < 50) await one.step(batch);
  const { losses: after } = await one.step(batch);
  const isBetter = objectives.every(({ name }) => after[name]! < losses[name]!);
  console.log(`both tasks are better after ${one.steps} steps: ${isBetter}`);
  one.dispose();
}
