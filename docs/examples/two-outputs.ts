// A model with two outputs is trained by `fit` on three levels. Every second example has no label for the second output.
import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { evaluate, fit, type LayersObjective } from '@scalpel/layers';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
const kernelRegularizer = tf.regularizers.l2({ l2: 0.01 });
const input = tf.input({ shape: [8] });
const trunk = tf.layers
  .dense({ units: 16, activation: 'tanh', name: 'trunk', kernelInitializer, kernelRegularizer })
  .apply(input) as tf.SymbolicTensor;
const price = tf.layers.dense({ units: 1, name: 'price', kernelInitializer });
const sold = tf.layers.dense({ units: 1, activation: 'sigmoid', name: 'sold', kernelInitializer });
const model = tf.model({
  inputs: input,
  outputs: [price.apply(trunk) as tf.SymbolicTensor, sold.apply(trunk) as tf.SymbolicTensor],
});

const objectives: LayersObjective[] = [
  { output: 'price', loss: 'meanSquaredError', priority: 0 },
  { output: 'sold', loss: 'binaryCrossentropy', priority: 1, metrics: 'accuracy' },
];

const x = tf.randomNormal([256, 8], 0, 1, 'float32', 2);
const y = {
  price: tf.tidy(() => tf.mean(x, 1, true)),
  sold: tf.tidy(() => tf.cast(tf.greater(tf.slice(x, [0, 0], [-1, 1]), 0), 'float32')),
};
const sampleWeight = { sold: tf.tensor1d(Array.from({ length: 256 }, (_, example) => example % 2)) };

const history = await fit(model, x, y, {
  objectives,
  regularization: { priority: 2 },
  combiner: bloop({ lambda: [1, 0.1] }),
  optimizer: tf.train.adam(0.01),
  sampleWeight,
  epochs: 30,
  validationSplit: 0.25,
});

const last = (values: readonly (number | null)[] | undefined) => values?.at(-1)?.toFixed(3);
const names = ['price_loss', 'sold_loss', 'sold_acc', 'regularization_loss', 'val_price_loss'];
for (const name of names) console.log(`${name}: ${last(history.history[name])}`);
console.log(`cosine of price and sold: ${last(history.objectives.price?.cosines.sold)}`);
console.log(`share of steps that made sold worse: ${last(history.objectives.sold?.worsened)}`);

const { price_loss, sold_loss } = await evaluate(model, x, y, { objectives });
console.log(`all examples: price ${price_loss?.toFixed(3)}, sold ${sold_loss?.toFixed(3)}`);
