import { startWebgpu } from '@scalpel/backends';
import { webgpuMissing } from '@scalpel/backends/testing';
import { bloop } from '@scalpel/bloop';
import { fit, type LayersObjective } from '@scalpel/layers';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test } from 'vitest';

afterEach(() => tf.disposeVariables());

/** The same weights in each call. A trunk with batch normalisation, and two heads. */
function make(): tf.LayersModel {
  const dense = (units: number, name: string, activation: 'relu' | 'softmax') =>
    tf.layers.dense({
      units,
      name,
      activation,
      kernelInitializer: tf.initializers.glorotUniform({ seed: units }),
    });
  const x = tf.input({ shape: [3] });
  const trunk = dense(8, 'trunk', 'relu').apply(x);
  const norm = tf.layers.batchNormalization({ name: 'norm' }).apply(trunk);
  const outputs = [dense(4, 'digit', 'softmax'), dense(3, 'clothing', 'softmax')].map(
    (head) => head.apply(norm) as tf.SymbolicTensor,
  );
  return tf.model({ inputs: x, outputs });
}

const inputs = () => tf.randomUniform([12, 3], -1, 1, 'float32', 1);
const classes = (count: number) => tf.tensor1d(Array.from({ length: 12 }, (_, i) => (i * i) % count));
const loss = 'sparseCategoricalCrossentropy';
const weightsIn = (model: tf.LayersModel) =>
  Promise.all(model.getWeights().map(async (weight) => [...(await weight.data())]));

const missing = await webgpuMissing();

test.skipIf(missing)('on one WebGPU device, fit goes on from a checkpoint bit for bit', async () => {
  await startWebgpu();
  const objectives: LayersObjective[] = [
    { output: 'digit', loss, priority: 0 },
    { output: 'clothing', loss, priority: 1 },
  ];
  const [x, y] = [inputs(), { digit: classes(4), clothing: classes(3) }];
  const run = async (model: tf.LayersModel, change: object) => {
    const combiner = bloop({ lambda: 0.5, rho: 0.2 });
    await fit(model, x, y, { objectives, combiner, optimizer: 'adam', batchSize: 5, ...change });
    return weightsIn(model);
  };
  let stored: tf.io.WeightData | undefined;
  const store: tf.io.IOHandler = {
    save: async ({ weightData }) => {
      stored = weightData;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
    load: async () => ({ weightData: stored! }),
  };
  const whole = await run(make(), { epochs: 4 });
  const begun = make();
  const half = await run(begun, { epochs: 2, checkpoint: { to: store } });
  expect(half).not.toEqual(whole);
  expect(await run(make(), { epochs: 4, resumeFrom: store })).toEqual(whole);
});
