/**
 * Times a training step on WebGL in Chromium in one page, by turns: with one element for each pixel, as
 * `startWebgl()` sets it, and with TensorFlow.js's default of four.
 *
 *     node benchmarks/micro/corrected-webgl.ts [--short]
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PACKING } from '@scalpel/backends/testing';
import type * as Tf from '@tensorflow/tfjs';
import { chromium } from 'playwright';
import { digits, isShort, median, ratio, table } from '../measure.ts';

declare const tf: typeof Tf;

interface Times {
  readonly title: string;
  readonly packed: number[];
  readonly unpacked: number[];
}

/** Runs in the page. */
async function inPage([flags, rounds]: [string[], number]): Promise<Times[]> {
  await tf.setBackend('webgl');
  tf.env().set('WEBGL_CPU_FORWARD', false);
  const pack = (packed: boolean): void => {
    for (const flag of flags) tf.env().set(flag, packed);
  };
  type Step = () => Promise<unknown>;
  const trained = (loss: (...weights: Tf.Tensor[]) => Tf.Tensor, shapes: number[][]): Step => {
    const weights = shapes.map((shape) => tf.variable(tf.randomNormal(shape, 0, 0.1)));
    const optimizer = tf.train.momentum(0.01, 0.9);
    return async () => {
      const value = optimizer.minimize(() => loss(...weights) as Tf.Scalar, true, weights)!;
      await value.data();
      value.dispose();
    };
  };
  const create: Record<string, () => Step> = {
    'perceptron 256-128-128-10, batch 64': () => {
      const x = tf.randomNormal([64, 256]);
      return trained(
        (a, b, c) => tf.mean(tf.square(tf.matMul(tf.relu(tf.matMul(tf.relu(tf.matMul(x, a!)), b!)), c!))),
        [
          [256, 128],
          [128, 128],
          [128, 10],
        ],
      );
    },
    'three convolutions, batch 8': () => {
      const x = tf.randomNormal([8, 28, 28, 1]) as Tf.Tensor4D;
      const conv = (x: Tf.Tensor, w: Tf.Tensor, stride: number): Tf.Tensor =>
        tf.relu(tf.conv2d(x as Tf.Tensor4D, w as Tf.Tensor4D, stride, 'same'));
      return trained(
        (a, b, c) => tf.mean(tf.square(conv(conv(conv(x, a!, 1), b!, 2), c!, 2))),
        [
          [3, 3, 1, 16],
          [3, 3, 16, 32],
          [3, 3, 32, 64],
        ],
      );
    },
  };
  const all: Times[] = [];
  for (const [title, make] of Object.entries(create)) {
    const times: Times = { title, packed: [], unpacked: [] };
    const steps = { packed: make(), unpacked: make() };
    for (let round = 0; round <= rounds; round++) {
      for (const side of ['packed', 'unpacked'] as const) {
        pack(side === 'packed');
        const before = performance.now();
        await steps[side]();
        if (round > 0) times[side].push(performance.now() - before);
      }
    }
    all.push(times);
  }
  return all;
}

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const executablePath = places.find((path) => path && existsSync(path));
const browser = await chromium.launch({
  ...(executablePath && { executablePath }),
  args: ['--no-sandbox', '--enable-unsafe-swiftshader', '--use-angle=swiftshader'],
});
try {
  const page = await browser.newPage();
  await page.addScriptTag({ path: fileURLToPath(import.meta.resolve('@tensorflow/tfjs/dist/tf.min.js')) });
  const all = await page.evaluate(inPage, [PACKING, isShort ? 1 : 15] as [string[], number]);
  const lines = all.map(({ title, packed, unpacked }) => [
    title,
    digits(median(packed)),
    digits(median(unpacked)),
    `${digits(ratio(unpacked, packed))} ×`,
  ]);
  const names = ['step', 'four elements a pixel, ms', 'one, ms', 'one ÷ four'];
  console.log(`## WebGL in Chromium ${browser.version()}, on SwiftShader\n\n${table(names, lines)}`);
} finally {
  await browser.close();
}
