import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { compared } from '../testing/separate-gradients.ts';

// Layers of TensorFlow.js, which use fused and tiled operations of their own.

// A gradient function of TensorFlow.js's own keeps a tensor, which counts as a leak of its kernel.
beforeAll(() => tf.env().set('IS_TEST', false));
afterAll(() => tf.env().set('IS_TEST', true));
afterEach(() => tf.disposeVariables());

const seeds = (seed: number) => ({ kernelInitializer: tf.initializers.glorotUniform({ seed }) });

const models: Record<string, () => tf.layers.Layer[]> = {
  dense: () => [
    tf.layers.flatten({ inputShape: [4, 4, 2] }),
    tf.layers.dense({ units: 5, activation: 'relu', ...seeds(1) }),
    tf.layers.prelu({ alphaInitializer: tf.initializers.constant({ value: 0.2 }) }),
    tf.layers.dense({ units: 3, ...seeds(2) }),
  ],
  convolutions: () => [
    tf.layers.conv2d({ inputShape: [4, 4, 2], filters: 3, kernelSize: 2, padding: 'same', ...seeds(1) }),
    tf.layers.maxPooling2d({ poolSize: 2, strides: 1 }),
    tf.layers.depthwiseConv2d({
      kernelSize: 2,
      depthwiseInitializer: tf.initializers.glorotUniform({ seed: 2 }),
    }),
    tf.layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 1, ...seeds(3) }),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: 3, activation: 'softmax', ...seeds(4) }),
  ],
  'layer normalisation': () => [
    tf.layers.reshape({ inputShape: [4, 4, 2], targetShape: [4, 8] }),
    tf.layers.layerNormalization({ axis: -1 }),
    tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 4, ...seeds(1) }) }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 3, ...seeds(2) }),
  ],
  recurrence: () => [
    tf.layers.reshape({ inputShape: [4, 4, 2], targetShape: [4, 8] }),
    tf.layers.lstm({
      units: 3,
      ...seeds(1),
      recurrentInitializer: tf.initializers.glorotUniform({ seed: 2 }),
    }),
    tf.layers.dense({ units: 3, ...seeds(3) }),
  ],
};

function lossOf(outputs: tf.Tensor): tf.Tensor1D {
  return tf.sum(tf.mul(tf.square(outputs), [1, 2, -0.5]), 1);
}

test.each(Object.entries(models))('%s', async (_, create) => {
  const model = tf.sequential({ layers: create() });
  const x = tf.randomNormal([4, 4, 4, 2], 0, 1, 'float32', 5);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const loss = () => tf.tidy(() => lossOf(model.apply(x, { training: true }) as tf.Tensor));
  const objective = { name: 'examples', priority: 0, perExample: true, loss };
  const { gramian, direction, report } = await compared([objective], variables, undefined);
  expect(report.examplePasses).toEqual([]);
  expect(gramian).toBeLessThan(3e-6);
  expect(direction).toBeLessThan(3e-6);
  x.dispose();
});

test.each([true, false])('batch normalisation, in training: %s', async (training) => {
  const layers = [
    tf.layers.dense({ inputShape: [6], units: 4, ...seeds(1) }),
    tf.layers.batchNormalization({ axis: -1 }),
    tf.layers.dense({ units: 3, ...seeds(2) }),
  ];
  const model = tf.sequential({ layers });
  const x = tf.randomNormal([5, 6], 0, 1, 'float32', 6);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const loss = () => tf.tidy(() => lossOf(model.apply(x, { training }) as tf.Tensor));
  const objective = { name: 'examples', priority: 0, perExample: true, loss };
  const state = model.weights.map((weight) => weight.read() as tf.Variable);
  const moving = state.filter((variable) => !variables.includes(variable));
  const { gramian, direction, report } = await compared([objective], variables, undefined, { state: moving });
  expect(report.examplePasses.flatMap((passes) => passes.variables)).toEqual(
    training ? variables.slice(0, 2).map(({ name }) => name) : [],
  );
  expect(gramian).toBeLessThan(3e-6);
  expect(direction).toBeLessThan(3e-6);
  x.dispose();
});
