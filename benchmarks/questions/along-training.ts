/**
 * The distance of a network from stationary points during training, which proposition 1 of arXiv 2402.02998
 * bounds. The network is trained on MNIST.
 *
 *     node benchmarks/questions/along-training.ts      writes stationarity.md, in about three minutes
 */
import { writeFileSync } from 'node:fs';
import { startWasm } from '@scalpel/backends';
import { mixed } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import type { GradientCombiner } from '@scalpel/core';
import { smoothMnist } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { table } from '../measure.ts';
import { gradientOn, hessianProduct, norm, orthogonal, type Parameters, residuals } from './stationarity.ts';
import { spreadOf, whileTraining } from './while-training.ts';

const IMAGES = 1024;
const EPOCHS = 20;
const LAMBDA = 1;
const ITERATIONS = 15;
const SEEDS = [0, 1, 2];
/** Shares of training at which the network is examined. */
const SHARES = [0, 0.25, 0.5, 1];

const METHODS: Readonly<Record<string, () => GradientCombiner>> = {
  Mixed: () => mixed({ lambda: LAMBDA }),
  Bloop: () => bloop({ lambda: LAMBDA, rho: 0.05 }),
};

interface Look {
  /** ‖g‖, the norm of the gradient of the main loss on all images. */
  readonly main: number;
  readonly auxiliary: number;
  /** ‖d‖ / λ for the direction of Bloop on all images. */
  readonly bound: number;
  /** ‖gₐ − H v‖ */
  readonly residual: number;
}

async function looksAt(combiner: GradientCombiner, seed: number): Promise<readonly Look[]> {
  const task = await smoothMnist({ images: IMAGES, batch: 128, epochs: EPOCHS }, seed);
  const { objectives, variables, stepsPerEpoch } = task;
  // One epoch has every image once.
  const batches = Array.from({ length: stepsPerEpoch }, (_, step) => task.batch(step));
  const look = (at: Parameters): Look => {
    const [main, auxiliary] = objectives.map((objective, index) =>
      gradientOn(objective, index === 0 ? batches : batches.slice(0, 1), variables),
    );
    const [g, a] = [main!(at), auxiliary!(at)];
    const projected = orthogonal(a, g);
    const direction = g.map((x, index) => x + LAMBDA * projected[index]!);
    const product = (v: Parameters) => hessianProduct(main!, at, v);
    return {
      main: norm(g),
      auxiliary: norm(a),
      bound: norm(direction) / LAMBDA,
      residual: residuals(product, a, ITERATIONS).at(-1)!,
    };
  };
  const looks = await whileTraining({ task, combiner, seed, shares: SHARES, look });
  tf.dispose(batches);
  return looks;
}

await startWasm();
const rows: string[][] = [];
for (const [label, create] of Object.entries(METHODS)) {
  const all: (readonly Look[])[] = [];
  for (const seed of SEEDS) {
    all.push(await looksAt(create(), seed));
    console.error(`${label}, seed ${seed}`);
  }
  for (const [index, share] of SHARES.entries()) {
    const mean = (value: (look: Look) => number) => spreadOf(all.map((looks) => value(looks[index]!)));
    rows.push([
      label,
      `${100 * share} %`,
      mean((look) => look.main),
      mean((look) => look.auxiliary),
      mean((look) => look.bound),
      mean((look) => look.residual),
    ]);
  }
}

const page = `# How far from stationary

Written by \`node benchmarks/questions/along-training.ts\`; do not edit.

At the solution of the bilevel problem ‖g‖ = 0 and gₐ = H v for some v, g and H being gradient and Hessian of the main loss (arXiv 2402.02998, section 2). Smooth MNIST with ${IMAGES} images, lambda ${LAMBDA}, ${EPOCHS} epochs;
gradients and Hessian products on all of them. The residual is ‖gₐ − H v‖ after ${ITERATIONS} iterations of conjugate gradients on the normal equations from v = 0, so that it starts at ‖gₐ‖ and is an upper bound of the least one. The
bound is ‖d‖ / λ for the direction d of Bloop on all images: what proposition 1 allows the residual, apart from a term that is 0 for a quadratic main loss. Means over ${SEEDS.length} seeds, with the lowest and the highest.

${table(['method', 'of training', '‖g‖', '‖gₐ‖', 'bound ‖d‖ / λ', 'residual'], rows)}
`;
writeFileSync(new URL('stationarity.md', import.meta.url), page);
