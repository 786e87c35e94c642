// The same objectives in a loop of one's own, and checkpoints on disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWasm } from '@scalpel/backends';
import { mixed } from '@scalpel/baselines';
import { createTrainer } from '@scalpel/core';
import { evaluate, fit, loadCheckpoint, objectivesOf, saveCheckpoint, weightsOf } from '@scalpel/layers';
import { progressBar } from '@scalpel/layers/node';
import * as tf from '@tensorflow/tfjs';

await startWasm();
const folder = mkdtempSync(join(tmpdir(), 'scalpel-'));

/** The same model each time, with names that a checkpoint finds again. */
function makeModel() {
  const seeded = tf.initializers.glorotUniform({ seed: 1 });
  const dense = (units: number, name: string) =>
    tf.layers.dense({ units, name, kernelInitializer: seeded, activation: 'tanh' });
  const input = tf.input({ shape: [3] });
  const trunk = dense(8, 'trunk').apply(input);
  const outputs = ['sum', 'product'].map((name) => dense(1, name).apply(trunk) as tf.SymbolicTensor);
  return tf.model({ inputs: input, outputs });
}

const x = tf.randomUniform([64, 3], -1, 1, 'float32', 5) as tf.Tensor2D;
const y = { sum: tf.tanh(tf.sum(x, 1, true)), product: tf.prod(x, 1, true) };
const objectives = [
  { output: 'sum', loss: 'meanSquaredError', priority: 0 },
  { output: 'product', loss: 'meanSquaredError', priority: 1 },
];
const optimizer = () => tf.train.adam(0.02);

const model = makeModel();
const trainer = createTrainer({
  objectives: objectivesOf(model, objectives),
  combiner: mixed({ lambda: 0.5 }),
  optimizer: optimizer(),
  ...weightsOf(model),
});
for (let step = 0; step < 100; step++) await trainer.step({ xs: x, ys: y });
const { sum_loss, product_loss } = await evaluate(model, x, y, { objectives });
console.log(`after 100 steps: sum ${sum_loss!.toFixed(4)}, product ${product_loss!.toFixed(4)}`);

await saveCheckpoint(trainer, `file://${folder}/loop.safetensors`);
await trainer.step({ xs: x, ys: y });
await loadCheckpoint(trainer, `file://${folder}/loop.safetensors`);
console.log(`back at step ${trainer.steps}`);

// fit stores a checkpoint after each epoch. The second call goes on from there, in a model made anew.
const options = { objectives, combiner: mixed({ lambda: 0.5 }), optimizer: 'adam' };
const whole = await fit(makeModel(), x, y, { ...options, epochs: 6 });
const to = `file://${folder}/fit.safetensors`;
await fit(makeModel(), x, y, { ...options, epochs: 3, checkpoint: { to } });
const resumed = await fit(makeModel(), x, y, {
  ...options,
  epochs: 6,
  resumeFrom: to,
  checkpoint: { to },
  callbacks: [progressBar()],
});
const same = JSON.stringify(resumed) === JSON.stringify(whole);
console.log(`resumed after three epochs: ${same ? 'the same' : 'another'} history as without a stop`);

rmSync(folder, { recursive: true });
