/**
 * The conflict between the two losses of each experiment, which is the part that a projection can remove.
 *
 *     node benchmarks/questions/conflict.ts      writes conflict.md, in about ten minutes
 */
import { writeFileSync } from 'node:fs';
import { startWasm } from '@scalpel/backends';
import { constant } from '@scalpel/baselines';
import type { Task } from '@scalpel/core';
import { fashionAndDigits, languageModel, littleConflict, smoothMnist, weightDecay } from '@scalpel/tasks';
import * as tf from '@tensorflow/tfjs';
import { table } from '../measure.ts';
import { dot, gradientOn, norm, type Parameters } from './stationarity.ts';
import { spreadOf, whileTraining } from './while-training.ts';

const SEEDS = [0, 1, 2];
/**
 * The number of batches behind each mean gradient. The noise of a single batch would hide the conflict of the
 * losses.
 */
const BATCHES = 40;
/** Shares of training at which the network is examined. */
const SHARES = [0.1, 0.25, 0.5, 1];

const images = { epochs: 8, batch: 64, images: 8000, rate: 0.1 };
const text = { width: 48, feedForward: 192, context: 32, batch: 16, steps: 1200 };

/** An experiment at the size of its suite, with the middle one of the suite's lambdas. */
interface Experiment {
  readonly title: string;
  readonly lambda: number;
  readonly create: (seed: number) => Promise<Task>;
}

const EXPERIMENTS: readonly Experiment[] = [
  { title: 'Smooth MNIST', lambda: 0.3, create: (seed) => smoothMnist({ epochs: 5 }, seed) },
  { title: 'Weight decay', lambda: 0.01, create: (seed) => weightDecay(images, seed) },
  { title: 'Fashion and digits', lambda: 1, create: (seed) => fashionAndDigits(images, seed) },
  {
    title: 'Little conflict',
    lambda: 1,
    create: (seed) => littleConflict({ ...images, epochs: 6, images: 6400 }, seed),
  },
  { title: 'Speeches and a novel', lambda: 0.2, create: (seed) => languageModel(text, seed) },
];

interface Look {
  /** The cosine between the two gradients. */
  readonly cosine: number;
  /** λ ⟨gₐ, g⟩ / ‖g‖² */
  readonly share: number;
}

async function looksAt({ create, lambda }: Experiment, seed: number): Promise<readonly Look[]> {
  const task = await create(seed);
  const { objectives, variables } = task;
  // Plain mixing with the learning rate divided by 1 + lambda. Adam's steps do not depend on that factor.
  const combiner = constant({ weights: [1 / (1 + lambda), lambda / (1 + lambda)] });
  const batches = Array.from({ length: BATCHES }, (_, step) => task.batch(step));
  const look = (at: Parameters): Look => {
    const [g, a] = objectives.map((objective) => gradientOn(objective, batches, variables)(at));
    const inner = dot(g!, a!);
    return { cosine: inner / (norm(g!) * norm(a!)), share: (lambda * inner) / dot(g!, g!) };
  };
  const looks = await whileTraining({ task, combiner, seed, shares: SHARES, look });
  tf.dispose(batches);
  return looks;
}

await startWasm();
const rows: string[][] = [];
for (const experiment of EXPERIMENTS) {
  const { title, lambda } = experiment;
  const all: (readonly Look[])[] = [];
  for (const seed of SEEDS) {
    all.push(await looksAt(experiment, seed));
    console.error(`${title}, seed ${seed}`);
  }
  for (const [index, share] of SHARES.entries()) {
    const mean = (value: (look: Look) => number) => spreadOf(all.map((looks) => value(looks[index]!)));
    rows.push([
      title,
      String(lambda),
      `${100 * share} %`,
      mean((look) => look.cosine),
      mean((look) => look.share),
    ]);
  }
}

const page = `# How much conflict there is

Written by \`node benchmarks/questions/conflict.ts\`; do not edit.

The experiments at the size of their suites, trained by plain mixing at the lambda in the middle; g is the gradient of the main loss and gₐ that of the auxiliary one, each the mean over ${BATCHES} batches. A cosine below 0 is a conflict. λ⟨gₐ, g⟩ / ‖g‖² is
what the auxiliary loss adds to the progress of the main one, to first order and as a share of it: at -1 all of it is lost. Bloop takes just this part out, above 0 as well as below. Means over ${SEEDS.length} seeds, with the lowest and the highest.

${table(['experiment', 'lambda', 'of training', 'cosine', 'λ⟨gₐ, g⟩ / ‖g‖²'], rows)}
`;
writeFileSync(new URL('conflict.md', import.meta.url), page);
