/**
 * Milliseconds of a training step (forward, backward, optimizer) on the wasm backend as it comes, with only what it lacks,
 * on the same backend mended, and on the cpu backend. All in one process, by turns, so that a slow moment of the machine
 * meets them all.
 *
 *     node benchmarks/micro/training-step.ts [PART OF A TITLE] [--profile] [--no-cpu]
 *
 * `--profile` shows in which kernels the mended backend spends the step instead.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startCpu, startWasm } from '@scalpel/backends';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { convolutional, type Model, perceptron, transformer } from './models.ts';

interface Contestant {
  readonly name: string;
  /** Rounds that it takes part in, after a step that is not timed. */
  readonly rounds: number;
  readonly start: () => Promise<void>;
}

const text = { layers: 2, heads: 4, width: 96, context: 64 };
const models: Readonly<Record<string, () => Model>> = {
  'MLP 784-256-128-10, batch 256, Adam': () => perceptron([784, 256, 128, 10], 256, tf.train.adam(1e-3)),
  'MLP 784-512-512-20, batch 256, Adam': () => perceptron([784, 512, 512, 20], 256, tf.train.adam(1e-3)),
  'CNN with strides, batch 32, momentum': () => convolutional('strides', 32, tf.train.momentum(0.01, 0.9)),
  'CNN with strides, batch 256, momentum': () => convolutional('strides', 256, tf.train.momentum(0.01, 0.9)),
  'CNN with max pooling, batch 32, momentum': () =>
    convolutional('pooling', 32, tf.train.momentum(0.01, 0.9)),
  'CNN with max pooling, batch 256, momentum': () =>
    convolutional('pooling', 256, tf.train.momentum(0.01, 0.9)),
  'transformer, batch 32, Adam': () => transformer(text, 32, tf.train.adam(1e-3)),
};

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
    const note = i === contestants.length - 1 ? '' : `${ratio.toFixed(1)} times as long`;
    console.log(`  ${name.padEnd(14)}${medians[i]!.toFixed(1).padStart(9)} ms   ${note}`.trimEnd());
  });
}

/** Time in the kernels that TensorFlow.js calls, those that they call themselves included. */
async function profile(title: string, create: () => Model): Promise<void> {
  await useWasm(mendedKernels)();
  const model = create();
  for (let step = 0; step < 3; step++) model.step();
  const kernels = new Map<string, { calls: number; time: number }>();
  let depth = 0;
  register(
    mendedKernels.map((kernel) => ({
      ...kernel,
      kernelFunc: (call) => {
        if (depth > 0) return kernel.kernelFunc(call);
        depth++;
        const before = now();
        const output = kernel.kernelFunc(call);
        const entry = kernels.get(kernel.kernelName) ?? { calls: 0, time: 0 };
        kernels.set(kernel.kernelName, {
          calls: entry.calls + 1,
          time: entry.time + now() - before,
        });
        depth--;
        return output;
      },
    })),
  );
  const steps = 20;
  const before = now();
  for (let step = 0; step < steps; step++) model.step();
  const total = now() - before;
  model.dispose();
  register(mendedKernels);

  const sorted = [...kernels].sort(([, a], [, b]) => b.time - a.time);
  const inKernels = sorted.reduce((sum, [, { time }]) => sum + time, 0);
  console.log(`\n${title}: ${(total / steps).toFixed(1)} ms`);
  for (const [name, { calls, time }] of sorted.slice(0, 14))
    console.log(
      `  ${name.padEnd(28)}${(calls / steps).toFixed(0).padStart(4)} calls ${(time / steps).toFixed(2).padStart(8)} ms`,
    );
  console.log(
    `  ${'outside of kernels'.padEnd(39)}${((total - inKernels) / steps).toFixed(2).padStart(8)} ms`,
  );
}

/** Processor time of this thread in milliseconds: not that of other programs beside it. */
function now(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function register(kernels: readonly tf.KernelConfig[]): void {
  for (const { kernelName } of tf.getKernelsForBackend('wasm')) tf.unregisterKernel(kernelName, 'wasm');
  kernels.forEach(tf.registerKernel);
}

function useWasm(kernels: readonly tf.KernelConfig[]): () => Promise<void> {
  return async () => {
    register(kernels);
    await tf.setBackend('wasm');
  };
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { profile: { type: 'boolean' }, 'no-cpu': { type: 'boolean' } },
});

tf.enableProdMode();
await tf.setBackend('wasm');
const stockKernels = tf.getKernelsForBackend('wasm');
await startWasm();
const mendedKernels = tf.getKernelsForBackend('wasm');
const inStock = new Set(stockKernels.map(({ kernelName }) => kernelName));
const lacking = mendedKernels.filter(({ kernelName }) => !inStock.has(kernelName));

const contestants: readonly Contestant[] = [
  ...(options['no-cpu'] ? [] : [{ name: 'cpu', rounds: 1, start: startCpu }]),
  { name: 'wasm, stock', rounds: 7, start: useWasm([...stockKernels, ...lacking]) },
  { name: 'wasm, mended', rounds: 21, start: useWasm(mendedKernels) },
];

console.log(
  `Node ${process.versions.node}, ${cpus().length} cores of ${cpus()[0]?.model}, tfjs ${tf.version.tfjs}`,
);
for (const [title, create] of Object.entries(models)) {
  if (positionals.length > 0 && !positionals.some((part) => title.includes(part))) continue;
  if (options.profile) await profile(title, create);
  else await compare(title, create, contestants);
}
