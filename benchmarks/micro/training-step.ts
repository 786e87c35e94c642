/**
 * Milliseconds of a training step (forward, backward, optimizer) on the wasm backend. The stock backend,
 * completed with missing kernels, and the corrected backend take turns in one process. A profile shows the
 * kernels in which the corrected one spends its time.
 *
 *     node benchmarks/micro/training-step.ts [--short]
 */
import { startCpu, startWasm } from '@scalpel/backends';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { byTurns, digits, isShort, median, ratio, table } from '../measure.ts';
import { convolutional, type Model, perceptron, transformer } from './models.ts';

interface Step {
  readonly title: string;
  readonly create: () => Model;
  /** True if the JavaScript backend takes part too. */
  readonly onCpu?: boolean;
}

const adam = (): tf.Optimizer => tf.train.adam(1e-3);
const momentum = (): tf.Optimizer => tf.train.momentum(0.01, 0.9);
const text = { layers: 2, heads: 4, width: 96, context: isShort ? 8 : 64 };
const few = isShort ? 4 : 32;
const many = isShort ? 8 : 256;
const steps: readonly Step[] = [
  {
    title: `MLP 784-256-128-10, batch ${many}, Adam`,
    create: () => perceptron([784, 256, 128, 10], many, adam()),
  },
  {
    title: `MLP 784-512-512-20, batch ${many}, Adam`,
    create: () => perceptron([784, 512, 512, 20], many, adam()),
  },
  {
    title: `CNN with strides, batch ${few}, momentum`,
    create: () => convolutional('strides', few, momentum()),
    onCpu: true,
  },
  {
    title: `CNN with strides, batch ${many}, momentum`,
    create: () => convolutional('strides', many, momentum()),
  },
  {
    title: `CNN with max pooling, batch ${few}, momentum`,
    create: () => convolutional('pooling', few, momentum()),
    onCpu: true,
  },
  {
    title: `CNN with max pooling, batch ${many}, momentum`,
    create: () => convolutional('pooling', many, momentum()),
  },
  { title: `transformer, batch ${few}, Adam`, create: () => transformer(text, few, adam()) },
];
const ROUNDS = isShort ? 1 : 9;

tf.enableProdMode();
await tf.setBackend('wasm');
const stockKernels = tf.getKernelsForBackend('wasm');
await startWasm();
const correctedKernels = tf.getKernelsForBackend('wasm');
const inStock = new Set([...stockKernels.map(({ kernelName }) => kernelName), 'AdamStep']);
const completed = [...stockKernels, ...correctedKernels.filter(({ kernelName }) => !inStock.has(kernelName))];

const rows: string[][] = [];
const profiles: string[][] = [];
for (const { title, create, onCpu = false } of steps) {
  const stock = await started(completed, create);
  const corrected = await started(correctedKernels, create);
  const times = await byTurns(ROUNDS, { stock: stock.timed, corrected: corrected.timed });
  agree(title, stock.losses, corrected.losses);
  stock.dispose();
  corrected.dispose();
  const cpu = onCpu ? await timeOnCpu(title, create, corrected.losses) : null;
  rows.push([
    title,
    cpu === null ? '' : digits(cpu),
    digits(median(times.stock)),
    digits(median(times.corrected)),
    `${digits(ratio(times.stock, times.corrected))} ×`,
    cpu === null ? '' : `${digits(cpu / median(times.corrected))} ×`,
  ]);
  profiles.push([title, await profile(create)]);
}

console.log('## Training step on wasm\n');
console.log(
  'Milliseconds of a step: forward, backward, optimizer. The stock backend is given our kernels where it has none (the gradients of convolutions ' +
    'and of lookups). The JavaScript backend makes one step. To reach: 6 × stock for the MLP, 50 × JavaScript for the CNN.\n',
);
console.log(
  table(['step', 'JavaScript', 'stock', 'corrected', 'stock ÷ corrected', 'JavaScript ÷ corrected'], rows),
);
console.log(
  '\nThe time of a step of the corrected backend: the five kernels that take most, in milliseconds.\n',
);
console.log(table(['step', 'kernels'], profiles));
console.log(`
These ideas were tried, but are not part of the backend:

- **Threads.** In Node the threaded build does not start: it hands its worker to Node as a blob URL (\`ERR_WORKER_PATH\`). Started by hand, from
  files, it takes at most half of the cores, one of two. Made to take two it was no faster at products and convolutions, and the process did
  not end before the backend was removed. One thread of the corrected backend multiplies faster than two of the stock one.
- **Fused multiply-add** (relaxed SIMD) makes products 1.2 times as fast (50 instead of 43 GFLOP/s), but its bits depend on the processor, and it would
  need a second module for machines without it.
- **Fused SGD and momentum** would save two passes of about 0.2 ns an element, 1 % of a step. Fused Adam saves thirteen, 10 % of the MLP's, with the same bits.
- **Random numbers**: \`tf.randomNormal\` takes about 27 ns an element, \`tf.randomUniform\` and so \`tf.dropout\` 7 ns and more, in JavaScript. They are
  functions of TensorFlow.js, not kernels, and cannot be replaced behind its interface.`);

interface Running {
  readonly timed: () => Promise<number>;
  /** The losses of all steps so far. */
  readonly losses: number[];
  dispose(): void;
}

/** A model on the wasm backend with these kernels. */
async function started(kernels: readonly tf.KernelConfig[], create: () => Model): Promise<Running> {
  register(kernels);
  await tf.setBackend('wasm');
  const { step, dispose } = create();
  const losses: number[] = [];
  const timed = async (): Promise<number> => {
    register(kernels);
    const before = performance.now();
    losses.push(step());
    return performance.now() - before;
  };
  return { timed, losses, dispose };
}

async function timeOnCpu(title: string, create: () => Model, others: readonly number[]): Promise<number> {
  await startCpu();
  const { step, dispose } = create();
  const before = performance.now();
  const loss = step();
  const time = performance.now() - before;
  dispose();
  await startWasm();
  agree(title, [loss], others.slice(0, 1));
  return time;
}

function agree(title: string, a: readonly number[], b: readonly number[]): void {
  if (a.every((loss, i) => Math.abs(loss - b[i]!) <= 1e-3 * Math.abs(loss))) return;
  console.error(`${title}: the losses [${a}] of one side are not the other's, [${b}].`);
  process.exitCode = 1;
}

/** The time in the kernels that TensorFlow.js calls, with the kernels that these call. */
async function profile(create: () => Model): Promise<string> {
  register(correctedKernels);
  await tf.setBackend('wasm');
  const { step, dispose } = create();
  for (let warming = 0; warming < ROUNDS; warming++) step();
  const times = new Map<string, number>();
  let depth = 0;
  const timed: tf.KernelConfig[] = correctedKernels.map((kernel) => ({
    ...kernel,
    kernelFunc: (call) => {
      const before = depth++ === 0 ? performance.now() : null;
      try {
        return kernel.kernelFunc(call);
      } finally {
        depth--;
        if (before !== null) {
          const { kernelName } = kernel;
          times.set(kernelName, (times.get(kernelName) ?? 0) + performance.now() - before);
        }
      }
    },
  }));
  register(timed);
  const before = performance.now();
  for (let round = 0; round < ROUNDS; round++) step();
  times.set(
    'outside of kernels',
    performance.now() - before - [...times.values()].reduce((a, b) => a + b, 0),
  );
  register(correctedKernels);
  dispose();
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([name, time]) => `${name} ${(time / ROUNDS).toFixed(1)}`)
    .join(', ');
}

function register(kernels: readonly tf.KernelConfig[]): void {
  for (const { kernelName } of tf.getKernelsForBackend('wasm')) tf.unregisterKernel(kernelName, 'wasm');
  kernels.forEach(tf.registerKernel);
}
