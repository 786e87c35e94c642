// Many objectives on a model whose gradients, all together, would not fit in memory: one variable's at a time.
import { startWasm } from '@scalpel/backends';
import { upgrad } from '@scalpel/baselines';
import { createTrainer, type Objective, shared } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const widths = [16, 64, 64, 64, 8];
const layers = widths.slice(1).map((width, i) => {
  const inputs = widths[i]!;
  // From 1: to TensorFlow.js, seed 0 is no seed.
  return tf.variable(
    tf.randomNormal([inputs, width], 0, inputs ** -0.5, 'float32', i + 1),
  ) as tf.Variable<tf.Rank.R2>;
});
const x = tf.randomNormal([32, 16], 0, 1, 'float32', 10) as tf.Tensor2D;
const y = tf.randomNormal([32, 8], 0, 1, 'float32', 11);
const trunk = shared<void, tf.Tensor2D>(() =>
  layers.reduce((input, layer) => tf.tanh(tf.matMul(input, layer)), x),
);

/** One task per output. */
const objectives = Array.from({ length: 8 }, (_, task): Objective => {
  const column = (values: tf.Tensor) => tf.slice(values, [0, task], [-1, 1]);
  const loss = () => tf.mean(tf.square(tf.sub(column(trunk()), column(y))));
  return { name: `task ${task}`, priority: 0, loss };
});

const starts = layers.map((layer) => layer.clone());
for (const gradients of ['kept', 'streamed'] as const) {
  for (const [i, layer] of layers.entries()) layer.assign(starts[i]!);
  const trainer = createTrainer({
    objectives,
    combiner: upgrad(),
    optimizer: tf.train.sgd(0.2),
    variables: layers,
    gradients,
  });
  let report = await trainer.step();
  while (trainer.steps < 50) report = await trainer.step();
  trainer.dispose();
  const mean = Object.values(report.losses).reduce((sum, loss) => sum! + loss! / 8, 0);
  console.log(`${gradients}: after ${trainer.steps} steps the mean loss is ${mean?.toFixed(4)}`);
}
