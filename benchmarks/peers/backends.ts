/**
 * Milliseconds of a training step on every backend that works here, and in PyTorch.
 *
 *     node benchmarks/peers/backends.ts [--short]
 *
 * TensorFlow's library uses all cores, unless TF_NUM_INTRAOP_THREADS sets the number of threads.
 */
import { availableParallelism } from 'node:os';
import { plugin } from '@scalpel/backends/choose';
import * as tf from '@tensorflow/tfjs';
import { byTurns, type Contestant, digits, isShort, median, table } from '../measure.ts';
import { type Peer, startPeer } from './python.ts';
import { errorOf, uniform } from './uniform.ts';

const ROUNDS = isShort ? 2 : 25;
const CORES = availableParallelism();

/** backends.py has the same models. */
const models = {
  'MLP 784-512-512-20': { batch: isShort ? 16 : 256, create: perceptron },
  'CNN 28x28, 16 and 32 filters': { batch: isShort ? 4 : 32, create: convolutional },
} satisfies Record<string, { batch: number; create: (batch: number) => Model }>;

/** A model in the memory of the current backend, with a batch and an optimizer. */
interface Model {
  /** One step of gradient descent. Returns the loss before it. */
  step(): Promise<number>;
  dispose(): void;
}

function perceptron(batch: number): Model {
  const sizes = [784, 512, 512, 20];
  const weights = sizes.slice(1).map((units, i) => variable(i, [sizes[i]!, units]));
  const x = tf.tensor2d(uniform(100, batch * 784), [batch, 784]);
  return model(weights, [x], batch, 20, () =>
    weights.reduce<tf.Tensor>((input, layer, i) => {
      const output = tf.matMul(input, layer);
      return i < weights.length - 1 ? tf.relu(output) : output;
    }, x),
  );
}

function convolutional(batch: number): Model {
  const filters = [variable(0, [3, 3, 1, 16]), variable(1, [3, 3, 16, 32])];
  const dense = variable(2, [7 * 7 * 32, 10]);
  const x = tf.tensor4d(uniform(100, batch * 784), [batch, 28, 28, 1]);
  return model([...filters, dense], [x], batch, 10, () => {
    const features = filters.reduce(
      (input, filter) =>
        tf.maxPool(tf.relu(tf.conv2d(input, filter as tf.Tensor4D, 1, 'same')), 2, 2, 'same'),
      x,
    );
    return tf.matMul(tf.reshape(features, [batch, -1]), dense);
  });
}

/**
 * A variable with random values. The scale is a power of two, so that both sides have the same weights to the
 * last bit.
 */
function variable(seed: number, shape: readonly number[]): tf.Variable {
  const inputs = shape.slice(0, -1).reduce((a, b) => a * b);
  const scale = 2 ** -Math.round(Math.log2(Math.sqrt(inputs / 3)));
  const values = uniform(seed, inputs * shape.at(-1)!).map((value) => value * scale);
  return tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
}

function model(
  variables: tf.Variable[],
  data: tf.Tensor[],
  batch: number,
  classes: number,
  logits: () => tf.Tensor,
): Model {
  const ids = Int32Array.from(uniform(101, batch), (value) => Math.floor(((value + 1) / 2) * classes));
  const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), classes), 'float32'));
  const optimizer = tf.train.sgd(2 ** -6);
  return {
    async step() {
      const loss = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(labels, logits()),
        true,
        variables,
      )!;
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    },
    dispose() {
      tf.dispose([...variables, ...data, labels]);
      optimizer.dispose();
    },
  };
}

/** One side, with the losses that it computed. */
interface Side {
  readonly run: Contestant;
  readonly losses: number[];
  end(): void;
}

async function onBackend(start: () => Promise<void>, create: () => Model): Promise<Side> {
  await start();
  const model = create();
  const losses: number[] = [];
  return {
    losses,
    async run() {
      await start();
      const before = performance.now();
      losses.push(await model.step());
      return performance.now() - before;
    },
    end: () => model.dispose(),
  };
}

function inPyTorch(peer: Peer, name: string, batch: number, threads: number): Side {
  const losses: number[] = [];
  return {
    losses,
    async run() {
      const answer = await peer.ask<{ readonly time: number; readonly loss: number }>({
        name,
        batch,
        threads,
      });
      losses.push(answer.loss);
      return answer.time;
    },
    end() {},
  };
}

tf.enableProdMode();
console.log('## A training step on each backend\n');
const present = [];
for (const backend of plugin.backends!) {
  const { works, emulated, detail } = await backend.probe();
  // The pure JavaScript backend takes seconds for a step.
  if (works && !emulated && backend.id !== 'cpu') present.push({ ...backend, detail });
}
for (const { id, detail } of present) console.log(`- ${id}: ${detail}`);
const peer = await startPeer('backends.py');
if (peer) console.log(`- PyTorch ${peer.versions.torch}`);

const rows: string[][] = [];
for (const [name, { batch, create }] of Object.entries(models)) {
  const sides: Record<string, Side> = {};
  for (const { id, start } of present) sides[id] = await onBackend(start, () => create(batch));
  for (const threads of peer ? new Set([1, CORES]) : [])
    sides[`PyTorch, threads: ${threads}`] = inPyTorch(peer!, name, batch, threads);
  const times = await byTurns(
    ROUNDS,
    Object.fromEntries(Object.entries(sides).map(([side, { run }]) => [side, run])),
  );
  const expected = sides.wasm!.losses;
  for (const [side, { losses, end }] of Object.entries(sides)) {
    errorOf(`The loss of ${name} in ${side}`, losses, expected, 1e-4);
    rows.push([`${name}, batch ${batch}`, side, digits(median(times[side]!))]);
    end();
  }
}
peer?.end();
const threads = process.env.TF_NUM_INTRAOP_THREADS ?? CORES;
console.log(
  `\nForward, backward and gradient descent, the loss read back. wasm has one thread, node ${threads}. All give the same losses.\n\n${table(['model', 'computed by', 'ms a step'], rows)}`,
);
