/**
 * Milliseconds of a training step on the wasm backend as it comes, on the same backend mended, and on the cpu backend.
 * All in one process, one after the other in every round, so that a slow moment of the machine meets them all.
 *
 *     node benchmarks/micro/mlp-step.ts
 */
import { cpus } from 'node:os';
import { startCpu, startWasm } from '@scalpel/backends';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

interface Contestant {
  readonly name: string;
  /** Rounds that it takes part in, after a step that is not timed. */
  readonly rounds: number;
  readonly start: () => Promise<void>;
}

/** A model in the current backend's memory. */
interface Model {
  step(): void;
  dispose(): void;
}

const perceptron = (sizes: readonly number[], optimizer: tf.Optimizer | null): Model => {
  const batch = 256;
  const layers = sizes.slice(1).map((units, i) => ({
    weights: tf.variable(tf.randomNormal([sizes[i]!, units], 0, sizes[i]! ** -0.5)),
    bias: tf.variable(tf.zeros([units])),
  }));
  const x = tf.randomUniform([batch, sizes[0]!]);
  const labels = randomLabels(batch, sizes.at(-1)!);
  const loss = (): tf.Scalar => {
    let activation: tf.Tensor = x;
    layers.forEach(({ weights, bias }, i) => {
      activation = tf.add(tf.matMul(activation, weights), bias);
      if (i < layers.length - 1) activation = tf.relu(activation);
    });
    return tf.losses.softmaxCrossEntropy(labels, activation);
  };
  return model(loss, [x, labels, ...layers.flatMap(({ weights, bias }) => [weights, bias])], optimizer);
};

const convolutional = (): Model => {
  const batch = 32;
  const first = tf.variable(tf.randomNormal([3, 3, 1, 16], 0, 0.1)) as tf.Tensor4D;
  const second = tf.variable(tf.randomNormal([3, 3, 16, 32], 0, 0.1)) as tf.Tensor4D;
  const dense = tf.variable(tf.randomNormal([7 * 7 * 32, 10], 0, 0.01));
  const x = tf.randomUniform([batch, 28, 28, 1]) as tf.Tensor4D;
  const labels = randomLabels(batch, 10);
  const block = (input: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D =>
    tf.maxPool(tf.relu(tf.conv2d(input, filter, 1, 'same')), 2, 2, 'same');
  const loss = (): tf.Scalar => {
    const features = block(block(x, first), second);
    return tf.losses.softmaxCrossEntropy(labels, tf.matMul(tf.reshape(features, [batch, -1]), dense));
  };
  return model(loss, [x, labels, first, second, dense], null);
};

function randomLabels(batch: number, classes: number): tf.Tensor {
  return tf.tidy(() =>
    tf.cast(tf.oneHot(tf.randomUniform([batch], 0, classes, 'int32') as tf.Tensor1D, classes), 'float32'),
  );
}

function model(loss: () => tf.Scalar, owned: tf.Tensor[], optimizer: tf.Optimizer | null): Model {
  return {
    step() {
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(loss);
        optimizer?.applyGradients(grads);
        value.dataSync();
      });
    },
    dispose() {
      tf.dispose(owned);
      optimizer?.dispose();
    },
  };
}

async function compare(
  title: string,
  create: () => Model,
  contestants: readonly Contestant[],
): Promise<void> {
  const models: Model[] = [];
  const times = contestants.map((): number[] => []);
  for (const { start } of contestants) {
    await start();
    const model = create();
    model.step();
    models.push(model);
  }
  for (let round = 0; contestants.some(({ rounds }) => round < rounds); round++) {
    for (const [i, { start, rounds }] of contestants.entries()) {
      if (round >= rounds) continue;
      await start();
      const before = performance.now();
      models[i]!.step();
      times[i]!.push(performance.now() - before);
    }
  }
  for (const { dispose } of models) dispose();

  const medians = times.map(median);
  console.log(`\n${title}`);
  contestants.forEach(({ name }, i) => {
    const ratio = medians[i]! / medians.at(-1)!;
    const note = ratio === 1 ? '' : `${ratio.toFixed(1)} times as long`;
    console.log(`  ${name.padEnd(14)}${medians[i]!.toFixed(1).padStart(9)} ms   ${note}`.trimEnd());
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function register(kernels: readonly tf.KernelConfig[]): void {
  for (const { kernelName } of tf.getKernelsForBackend('wasm')) tf.unregisterKernel(kernelName, 'wasm');
  kernels.forEach(tf.registerKernel);
}

tf.enableProdMode();
await tf.setBackend('wasm');
const stockKernels = tf.getKernelsForBackend('wasm');
await startWasm();
const mendedKernels = tf.getKernelsForBackend('wasm');

const useWasm = (kernels: readonly tf.KernelConfig[]) => async (): Promise<void> => {
  register(kernels);
  await tf.setBackend('wasm');
};
const stock: Contestant = { name: 'wasm, stock', rounds: 7, start: useWasm(stockKernels) };
const mended: Contestant = { name: 'wasm, mended', rounds: 21, start: useWasm(mendedKernels) };
const cpu: Contestant = { name: 'cpu', rounds: 1, start: startCpu };

console.log(
  `Node ${process.versions.node}, ${cpus().length} cores of ${cpus()[0]?.model}, tfjs ${tf.version.tfjs}`,
);
await compare(
  'MLP 784-512-512-20, batch 256: forward and backward',
  () => perceptron([784, 512, 512, 20], null),
  [stock, mended],
);
await compare(
  'MLP 784-256-128-10, batch 256: forward, backward and Adam',
  () => perceptron([784, 256, 128, 10], tf.train.adam(1e-3)),
  [stock, mended],
);
await compare('CNN 28x28, 16 and 32 filters, batch 32: forward and backward', convolutional, [cpu, mended]);
