// A layers model with two outputs, trained as model.fitDataset does it, but in order of importance.
import { startWasm } from '@scalpel/backends';
import { bloop } from '@scalpel/bloop';
import { fit } from '@scalpel/layers';
import * as tf from '@tensorflow/tfjs';

await startWasm();

const dense = (units: number, name: string, activation: 'relu' | 'softmax', seed: number) =>
  tf.layers.dense({ units, name, activation, kernelInitializer: tf.initializers.glorotUniform({ seed }) });
const points = tf.input({ shape: [2] });
const trunk = dense(24, 'trunk', 'relu', 1).apply(points);
const heads = [dense(4, 'quarter', 'softmax', 2), dense(3, 'ring', 'softmax', 3)];
const model = tf.model({
  inputs: points,
  outputs: heads.map((head) => head.apply(trunk) as tf.SymbolicTensor),
});

/** Points of the plane: in which quarter they lie, and how far from the middle. */
function* examples(count: number, angle: number) {
  for (let i = 0; i < count; i++) {
    const [radius, turn] = [((i * 7) % 30) / 30, i * angle];
    const [x, y] = [2 * radius * Math.cos(turn), 2 * radius * Math.sin(turn)];
    yield { xs: [x, y], ys: { quarter: (x > 0 ? 1 : 0) + (y > 0 ? 2 : 0), ring: Math.floor(3 * radius) } };
  }
}
const data = (count: number, angle: number) =>
  tf.data
    .array([...examples(count, angle)])
    .shuffle(count, '1')
    .batch(32);

const size = () => tf.addN(model.trainableWeights.map((w) => tf.sum(tf.square(w.read())))) as tf.Scalar;

const history = await fit(model, data(480, 2.4), {
  objectives: [
    { output: 'quarter', loss: 'sparseCategoricalCrossentropy', priority: 0, metrics: ['accuracy'] },
    { output: 'ring', loss: 'sparseCategoricalCrossentropy', priority: 1, metrics: ['accuracy'] },
    { name: 'size', loss: size, priority: 2 },
  ],
  combiner: bloop({ lambda: [0.5, 0.001], rho: 0.05 }),
  optimizer: tf.train.adam(0.01),
  epochs: 12,
  validationData: data(120, 1.7),
  callbacks: [tf.callbacks.earlyStopping({ monitor: 'val_quarter_loss', patience: 3 })],
});

for (const name of ['quarter', 'ring']) {
  const [first, last] = [0, -1].map((epoch) => history.history[`val_${name}_acc`]!.at(epoch)!.toFixed(2));
  console.log(`${name}: right for ${first} of the points after one epoch, for ${last} at the end`);
}
const { cosines, worsened } = history.objectives.quarter!;
console.log(`cosine of the two at the end: ${cosines.ring!.at(-1)!.toFixed(2)}`);
console.log(`steps that made quarter worse: ${(100 * worsened.at(-1)!).toFixed(0)} %`);
