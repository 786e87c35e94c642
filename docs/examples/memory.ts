// The ways to train when memory is short: they end where usual training ends.
import { startWasm } from '@scalpel/backends';
import { upgrad } from '@scalpel/baselines';
import { createTrainer, inPieces, type Objective, shared, type TrainerOptions } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';

await startWasm();

interface Batch {
  readonly x: tf.Tensor2D;
  readonly y: tf.Tensor2D;
}

const layers = [1, 2, 3].map((seed) => tf.variable(tf.randomNormal([16, 16], 0, 0.25, 'float32', seed)));
const starts = layers.map((layer) => layer.clone());
const predict = shared(({ x }: Batch) =>
  layers.reduce((input, layer) => tf.tanh(tf.matMul(input, layer as tf.Tensor2D)), x),
);

/** One task for each of four outputs. */
const objectives = [0, 1, 2, 3].map((task): Objective<Batch> => {
  const column = (values: tf.Tensor2D) => tf.slice(values, [0, task], [-1, 1]);
  const loss = (batch: Batch) => tf.losses.meanSquaredError(column(batch.y), column(predict(batch)));
  return { name: `task ${task}`, priority: 0, loss: (batch) => loss(batch) as tf.Scalar };
});

const whole: Batch = {
  x: tf.randomNormal([96, 16], 0, 1, 'float32', 5) as tf.Tensor2D,
  y: tf.randomNormal([96, 16], 0, 1, 'float32', 6) as tf.Tensor2D,
};
/** The examples of a batch between these numbers. */
const part = ({ x, y }: Batch, from: number, to: number): Batch => ({
  x: tf.slice(x, [from, 0], [to - from, -1]),
  y: tf.slice(y, [from, 0], [to - from, -1]),
});
const pieces = inPieces([part(whole, 0, 40), part(whole, 40, 80), part(whole, 80, 96)]);

async function train(batch: Batch | typeof pieces, options: Partial<TrainerOptions<Batch>>): Promise<string> {
  for (const [i, layer] of layers.entries()) layer.assign(starts[i]!);
  const optimizer = tf.train.sgd(0.2);
  const trainer = createTrainer<Batch>({
    objectives,
    combiner: upgrad(),
    optimizer,
    variables: layers,
    ...options,
  });
  let report = await trainer.step(batch);
  while (trainer.steps < 60) report = await trainer.step(batch);
  trainer.dispose();
  optimizer.dispose();
  const losses = Object.values(report.losses) as number[];
  return losses.map((loss) => loss.toFixed(3)).join(', ');
}

console.log('gradients kept:    ', await train(whole, {}));
console.log('a batch in pieces: ', await train(pieces, {}));
console.log('in float16:        ', await train(whole, { gradients: 'half' }));
console.log('streamed:          ', await train(whole, { gradients: 'streamed' }));
