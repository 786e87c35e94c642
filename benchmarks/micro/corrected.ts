/**
 * The cost of corrected kernels on wasm, cpu and WebGPU. Each corrected kernel and the stock one take turns
 * in one process, on ordinary input, for which both give the same answers. For WebGL in a browser,
 * `corrected-webgl.ts` compares one element for each pixel with four.
 *
 *     node benchmarks/micro/corrected.ts [--short] [wasm] [cpu] [webgpu]
 */
import { startCpu, startWasm, startWebgpu } from '@scalpel/backends';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { webgpuMissing } from '@scalpel/backends/testing';
import { byTurns, digits, isShort, median, ratio, table } from '../measure.ts';

type Compute = () => tf.Tensor;

interface Case {
  readonly title: string;
  readonly create: () => Compute;
}

const ROUNDS = isShort ? 1 : 15;

const rows = (): tf.Tensor2D => tf.randomNormal([64, 1024], 0, 1, 'float32', 1);
const images = (): tf.Tensor4D => tf.randomNormal([8, 28, 28, 16], 0, 1, 'float32', 2);

function unary(title: string, compute: (x: tf.Tensor2D) => tf.Tensor): Case {
  return {
    title,
    create: () => {
      const x = rows();
      return () => compute(x);
    },
  };
}

function pictures(title: string, compute: (x: tf.Tensor4D) => tf.Tensor): Case {
  return {
    title,
    create: () => {
      const x = images();
      return () => compute(x);
    },
  };
}

/** Ordinary input. It shows the cost of a correction where none was needed. */
const common: readonly Case[] = [
  unary('relu [64, 1024]', (x) => tf.relu(x)),
  unary('relu6 [64, 1024]', (x) => tf.relu6(x)),
  unary('clipByValue [64, 1024]', (x) => tf.clipByValue(x, -1, 1)),
  unary('maximum with a number [64, 1024]', (x) => tf.maximum(x, 0)),
  unary('maximum of two [64, 1024]', (x) => tf.maximum(x, tf.reverse(x))),
  unary('exp [64, 1024]', (x) => tf.exp(x)),
  unary('log [64, 1024]', (x) => tf.log(tf.square(x))),
  unary('softmax [64, 1024]', (x) => tf.softmax(x)),
  unary('sum [64, 1024]', (x) => tf.sum(x, 1)),
  unary('mean [64, 1024]', (x) => tf.mean(x, 0)),
  unary('argMax [64, 1024]', (x) => tf.argMax(x, 1)),
  unary('running sum [64, 1024]', (x) => tf.cumsum(x, 1)),
  unary('transpose [64, 1024]', (x) => tf.transpose(x)),
  unary('concat [64, 1024]', (x) => tf.concat([x, x])),
  unary('reverse [64, 1024]', (x) => tf.reverse(x, 1)),
  unary('pad [64, 1024]', (x) =>
    tf.pad(x, [
      [1, 1],
      [1, 1],
    ]),
  ),
  unary('matMul [64, 1024] with its transpose', (x) => tf.matMul(x, x, false, true)),
  unary('gather [64, 1024]', (x) => tf.gather(x, [1, 5, 9, 33])),
  unary('where [64, 1024]', (x) => tf.where(tf.greater(x, 0), x, tf.neg(x))),
  pictures('max pooling [8, 28, 28, 16]', (x) => tf.maxPool(x, 2, 2, 'same')),
  pictures('average pooling [8, 28, 28, 16]', (x) => tf.avgPool(x, 2, 2, 'same')),
  pictures('convolution [8, 28, 28, 16]', (x) => tf.conv2d(x, tf.ones([3, 3, 16, 16]), 1, 'same')),
  pictures('batch normalization [8, 28, 28, 16]', (x) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D);
  }),
];

interface Side {
  readonly name: string;
  /** Makes the backend the current one without a change to its kernels. */
  readonly select: () => Promise<unknown>;
  readonly start: () => Promise<void>;
}

const sides: readonly Side[] = [
  { name: 'wasm', select: () => tf.setBackend('wasm'), start: () => startWasm() },
  { name: 'cpu', select: () => tf.setBackend('cpu'), start: startCpu },
  // The stock kernels run on the same watched device. Their programs are corrected as well.
  { name: 'webgpu', select: () => import('@tensorflow/tfjs-backend-webgpu'), start: startWebgpu },
];

function register(name: string, kernels: readonly tf.KernelConfig[]): void {
  for (const { kernelName } of tf.getKernelsForBackend(name)) tf.unregisterKernel(kernelName, name);
  kernels.forEach(tf.registerKernel);
}

async function measure({ name, select, start }: Side): Promise<void> {
  await select();
  const stock = tf.getKernelsForBackend(name);
  await start();
  const corrected = tf.getKernelsForBackend(name);
  const lines: string[][] = [];
  for (const { title, create } of common) {
    const compute = create();
    const timed = (kernels: readonly tf.KernelConfig[]) => async (): Promise<number> => {
      register(name, kernels);
      const before = performance.now();
      const result = tf.tidy(compute);
      await result.data();
      result.dispose();
      return performance.now() - before;
    };
    const times = await byTurns(ROUNDS, { stock: timed(stock), corrected: timed(corrected) });
    lines.push([
      title,
      digits(median(times.stock)),
      digits(median(times.corrected)),
      `${digits(ratio(times.corrected, times.stock))} ×`,
    ]);
  }
  console.log(`## ${name}\n\n${table(['', 'stock, ms', 'corrected, ms', 'corrected ÷ stock'], lines)}\n`);
}

tf.enableProdMode();
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
for (const side of sides) {
  if (wanted.length > 0 && !wanted.includes(side.name)) continue;
  const missing = side.name === 'webgpu' ? await webgpuMissing() : undefined;
  if (missing === undefined) await measure(side);
  else console.log(`## ${side.name}\n\n${missing}\n`);
}
