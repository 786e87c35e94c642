import { mixed } from '@scalpel/baselines';
import { fit } from '@scalpel/layers';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';

afterEach(() => tf.disposeVariables());

/** The same weights in each call. */
const make = () =>
  tf.sequential({
    layers: [
      tf.layers.dense({ units: 8, activation: 'relu', inputShape: [3], kernelInitializer: glorot(1) }),
      tf.layers.batchNormalization(),
      tf.layers.dense({ units: 4, activation: 'softmax', kernelInitializer: glorot(2), name: 'digit' }),
    ],
  });
const glorot = (seed: number) => tf.initializers.glorotUniform({ seed });

const inputs = () => tf.randomUniform([12, 3], -1, 1, 'float32', 1);
const classes = () => Array.from({ length: 12 }, (_, i) => (i * i) % 4);
const loss = 'sparseCategoricalCrossentropy';
const weightsIn = (model: tf.LayersModel) =>
  Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));

test('fit with mixed and one objective is model.fitDataset', async () => {
  await tf.setBackend('cpu');
  const [theirs, ours] = [make(), make()];
  const data = () =>
    tf.data
      .zip({
        xs: tf.data.array(inputs().arraySync() as number[][]),
        ys: tf.data.array(classes()),
      })
      .batch(4) as tf.data.Dataset<never>;
  theirs.compile({ optimizer: tf.train.momentum(0.1, 0.9), loss });
  const expected = await theirs.fitDataset(data(), { epochs: 5, verbose: 0 });
  const { history } = await fit(ours, data(), {
    objectives: [{ output: 'digit', loss, priority: 0 }],
    combiner: mixed({ lambda: 0.3 }),
    optimizer: tf.train.momentum(0.1, 0.9),
    epochs: 5,
  });
  for (const [epoch, value] of expected.history.loss!.entries()) {
    expect(history.loss![epoch]).toBeCloseTo(value as number, 5);
  }
  const [a, b] = [await weightsIn(theirs), await weightsIn(ours)];
  const differences = a.flatMap((weight, index) => weight.map((x, i) => Math.abs(x - b[index]![i]!)));
  expect(Math.max(...differences)).toBeLessThan(1e-5);
});
