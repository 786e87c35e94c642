/**
 * How far from stationary a network is along its training: what proposition 1 of arXiv 2402.02998 bounds, on MNIST.
 *
 *     node benchmarks/questions/along-training.ts      writes stationarity.md, in about three minutes
 */
import { writeFileSync } from 'node:fs';
import { startWasm } from '@scalpel/backends';
import { mixed } from '@scalpel/baselines';
import { bloop } from '@scalpel/bloop';
import { createTrainer, type GradientCombiner } from '@scalpel/core';
import { smoothMnist } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { table } from '../measure.ts';
import {
  assign,
  gradientOn,
  hessianProduct,
  norm,
  orthogonal,
  type Parameters,
  parametersOf,
  residuals,
} from './stationarity.ts';

const IMAGES = 1024;
const EPOCHS = 20;
const LAMBDA = 1;
const ITERATIONS = 15;
const SEEDS = [0, 1, 2];
/** Shares of training at which it is looked at. */
const PLACES = [0, 0.25, 0.5, 1];

const METHODS: Readonly<Record<string, () => GradientCombiner>> = {
  Mixed: () => mixed({ lambda: LAMBDA }),
  Bloop: () => bloop({ lambda: LAMBDA, rho: 0.05 }),
};

interface Look {
  /** ‖g‖, of the main loss on all images. */
  readonly main: number;
  readonly auxiliary: number;
  /** ‖d‖ / λ for the direction of Bloop on all images. */
  readonly bound: number;
  /** ‖gₐ − H v‖ */
  readonly residual: number;
}

async function looksAt(combiner: GradientCombiner, seed: number): Promise<Look[]> {
  const task = await smoothMnist({ images: IMAGES, batch: 128, epochs: EPOCHS }, seed);
  const { objectives, variables, state = [], schedule, steps, stepsPerEpoch } = task;
  const optimizer = task.optimizer();
  const trainer = createTrainer({
    objectives,
    combiner,
    optimizer,
    variables,
    state,
    seed,
    ...(schedule && { schedule }),
  });
  // One epoch has every image once.
  const batches = Array.from({ length: stepsPerEpoch }, (_, step) => task.batch(step));
  const look = (): Look => {
    const [at, vectors] = [parametersOf(variables), parametersOf(state)];
    const [main, auxiliary] = objectives.map((objective, index) =>
      gradientOn(objective, index === 0 ? batches : batches.slice(0, 1), variables),
    );
    const [g, a] = [main!(at), auxiliary!(at)];
    const projected = orthogonal(a, g);
    const direction = g.map((x, index) => x + LAMBDA * projected[index]!);
    const product = (v: Parameters) => hessianProduct(main!, at, v);
    const found = {
      main: norm(g),
      auxiliary: norm(a),
      bound: norm(direction) / LAMBDA,
      residual: residuals(product, a, ITERATIONS).at(-1)!,
    };
    // Looking has moved the parameters, and the power iteration on.
    assign(variables, at);
    assign(state, vectors);
    return found;
  };
  const looks: Look[] = [];
  for (let step = 0; step <= steps; step++) {
    if (PLACES.some((place) => Math.round(place * steps) === step)) looks.push(look());
    if (step === steps) break;
    const batch = task.batch(step);
    await trainer.step(batch);
    tf.dispose(batch);
  }
  tf.dispose(batches);
  trainer.dispose();
  optimizer.dispose();
  task.dispose();
  return looks;
}

await startWasm();
const rows: string[][] = [];
for (const [label, create] of Object.entries(METHODS)) {
  const all: Look[][] = [];
  for (const seed of SEEDS) {
    all.push(await looksAt(create(), seed));
    console.error(`${label}, seed ${seed}`);
  }
  for (const [place, share] of PLACES.entries()) {
    const mean = (value: (look: Look) => number) => {
      const values = all.map((looks) => value(looks[place]!));
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const middle = values.reduce((sum, x) => sum + x) / values.length;
      return `${middle.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
    };
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
