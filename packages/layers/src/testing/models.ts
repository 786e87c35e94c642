import * as tf from '@tensorflow/tfjs';

const { layers } = tf;

/**
 * A model with suitable data. Together they cover layers of many kinds, so that each has a gradient, and all
 * other state that training moves.
 */
export interface Kind {
  readonly make: () => tf.LayersModel;
  readonly input: readonly number[];
  /** Inputs are whole numbers from 0 to below this. */
  readonly tokens?: number;
}

const seeded = (seed: number) => tf.initializers.glorotUniform({ seed });
const dense = (units: number, seed: number, rest: object = {}) =>
  layers.dense({ units, kernelInitializer: seeded(seed), ...rest });
const sequence = (...list: tf.layers.Layer[]) => tf.sequential({ layers: list });

/** The last layer of every model: four classes. */
const classes = (seed: number) => dense(4, seed, { activation: 'softmax' });

export const kinds: Readonly<Record<string, Kind>> = {
  dense: {
    input: [3],
    make: () => sequence(dense(5, 1, { inputShape: [3], activation: 'tanh' }), classes(2)),
  },
  'conv2d and depthwise': {
    input: [6, 6, 2],
    make: () =>
      sequence(
        layers.conv2d({
          filters: 3,
          kernelSize: 3,
          inputShape: [6, 6, 2],
          activation: 'relu',
          kernelInitializer: seeded(1),
        }),
        layers.depthwiseConv2d({ kernelSize: 2, depthwiseInitializer: seeded(2) }),
        layers.maxPooling2d({ poolSize: 2, strides: 1 }),
        layers.flatten(),
        classes(3),
      ),
  },
  'batch normalisation': {
    input: [3],
    make: () =>
      sequence(
        dense(5, 1, { inputShape: [3] }),
        layers.batchNormalization({ momentum: 0.7 }),
        layers.reLU(),
        classes(2),
      ),
  },
  'layer normalisation': {
    input: [3],
    make: () => sequence(dense(5, 1, { inputShape: [3] }), layers.layerNormalization(), classes(2)),
  },
  embedding: {
    input: [4],
    tokens: 6,
    make: () =>
      sequence(
        layers.embedding({ inputDim: 6, outputDim: 3, inputLength: 4, embeddingsInitializer: seeded(1) }),
        layers.flatten(),
        classes(2),
      ),
  },
  lstm: {
    input: [3, 2],
    make: () =>
      sequence(
        layers.lstm({
          units: 3,
          inputShape: [3, 2],
          kernelInitializer: seeded(1),
          recurrentInitializer: seeded(2),
        }),
        classes(3),
      ),
  },
  gru: {
    input: [3, 2],
    make: () =>
      sequence(
        layers.gru({
          units: 3,
          inputShape: [3, 2],
          kernelInitializer: seeded(1),
          recurrentInitializer: seeded(2),
        }),
        classes(3),
      ),
  },
  'bidirectional rnn': {
    input: [3, 2],
    make: () => {
      const layer = layers.simpleRNN({
        units: 2,
        kernelInitializer: seeded(1),
        recurrentInitializer: seeded(2),
      }) as tf.RNN;
      return sequence(layers.bidirectional({ layer, mergeMode: 'concat', inputShape: [3, 2] }), classes(3));
    },
  },
  'dropout with a seed': {
    input: [3],
    make: () =>
      sequence(dense(8, 1, { inputShape: [3] }), layers.dropout({ rate: 0.5, seed: 3 }), classes(2)),
  },
  regularisers: {
    input: [3],
    make: () =>
      sequence(
        dense(5, 1, { inputShape: [3], kernelRegularizer: tf.regularizers.l2({ l2: 0.1 }) }),
        dense(4, 2, {
          activation: 'softmax',
          kernelRegularizer: tf.regularizers.l1({ l1: 0.01 }),
          biasRegularizer: 'l1l2',
        }),
      ),
  },
  'weights shared between layers': {
    input: [4],
    make: () => {
      const x = tf.input({ shape: [4] });
      const both = dense(4, 1, { activation: 'tanh', kernelRegularizer: tf.regularizers.l2({ l2: 0.1 }) });
      const once = both.apply(x) as tf.SymbolicTensor;
      const sum = layers.add().apply([once, both.apply(once) as tf.SymbolicTensor]) as tf.SymbolicTensor;
      return tf.model({ inputs: x, outputs: classes(2).apply(sum) as tf.SymbolicTensor });
    },
  },
  'a frozen layer': {
    input: [3],
    make: () => sequence(dense(5, 1, { inputShape: [3], trainable: false }), dense(5, 2), classes(3)),
  },
  'a model in a model': {
    input: [3],
    make: () => {
      const inner = sequence(dense(5, 1, { inputShape: [3] }), layers.batchNormalization({}));
      return sequence(inner, classes(2));
    },
  },
};

/** A model with two outputs on one shared trunk. */
export function twoHeaded(ofTrunk: object = {}): tf.LayersModel {
  const x = tf.input({ shape: [3] });
  const trunk = dense(6, 1, { activation: 'tanh', name: 'trunk', ...ofTrunk }).apply(x) as tf.SymbolicTensor;
  const head = (name: string, units: number, seed: number) =>
    dense(units, seed, { activation: 'softmax', name }).apply(trunk) as tf.SymbolicTensor;
  return tf.model({ inputs: x, outputs: [head('digit', 4, 2), head('clothing', 3, 3)] });
}
