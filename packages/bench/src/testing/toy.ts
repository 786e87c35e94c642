import {
  type CombinerDefinition,
  definePlugin,
  type Plugin,
  randomFrom,
  type TaskDefinition,
} from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

const weighted: CombinerDefinition = {
  id: 'weighted',
  title: 'Weighted sum',
  summary: 'The first objective plus lambda times the others.',
  version: 1,
  guarantees: [],
  options: z.strictObject({ lambda: z.number().min(0).default(1) }),
  create: ({ lambda }: { lambda: number }) => ({
    name: 'weighted',
    needs: 'nothing',
    weights: (rows) => rows.map(({ level }) => (level === 0 ? 1 : lambda)),
  }),
};

const taskOptions = z.strictObject({
  steps: z.int().min(1).default(20),
  rate: z.number().default(0.1),
  /** The least milliseconds for each step. */
  pause: z.number().default(0),
  trouble: z.enum(['none', 'throw', 'exit', 'hang', 'hoard', 'leak', 'late', 'talk']).default('none'),
});

/**
 * f₀ = ½‖θ − a‖², f₁ = ½‖θ − b‖² with noise on the target. The task is small and seeded, and can fail in
 * every way.
 */
const toy: TaskDefinition = {
  id: 'toy',
  title: 'Two bowls',
  summary: 'Two quadratic bowls with noisy centres.',
  version: 1,
  objectives: ['main', 'side'],
  options: taskOptions,
  create: ({ steps, rate, pause, trouble }: z.infer<typeof taskOptions>, seed: number) => {
    const random = randomFrom(seed);
    const start = Array.from({ length: 3 }, random);
    const at = tf.tidy(() => tf.variable(tf.tensor1d(start), true, 'toy/at'));
    const bowl = (centre: number) => (noise: tf.Tensor1D) =>
      tf.mul(0.5, tf.sum(tf.square(tf.sub(at, tf.add(noise, centre)))));

    return {
      objectives: [
        { name: 'main', priority: 0, loss: bowl(0) },
        { name: 'side', priority: 1, loss: bowl(1) },
      ],
      variables: [at],
      optimizer: () => tf.train.sgd(rate),
      steps,
      stepsPerEpoch: 10,
      batch: (step) => {
        const until = performance.now() + pause;
        while (performance.now() < until);
        if (step === 5 && trouble === 'throw') throw new Error('the data is gone');
        if (step === 5 && trouble === 'exit') process.exit(3);
        // Messages that a library sends to the process manager under which it believes to run.
        if (trouble === 'talk') for (const word of [null, 'ready', {}, 0]) process.send?.(word);
        while (step === 5 && trouble === 'hang');
        for (const hoard: unknown[] = []; step === 5 && trouble === 'hoard'; )
          hoard.push(Array(1e4).fill(0.5));
        const noise = randomFrom(seed, step);
        return tf.tensor1d(Array.from({ length: 3 }, noise));
      },
      evaluate: async () => {
        const values = [...(await at.data())];
        const loss = (centre: number) => values.reduce((sum, x) => sum + (x - centre) ** 2 / 2, 0);
        const main = trouble === 'late' ? Number.NaN : loss(0);
        return {
          train: { main, side: loss(1) },
          test: { main: loss(0.1), side: loss(1.1) },
          metrics: { norm: loss(0) },
        };
      },
      dispose: () => (trouble === 'leak' ? undefined : at.dispose()),
    };
  },
};

export const plugin: Plugin = definePlugin({
  name: 'toy',
  combiners: [weighted],
  tasks: [toy],
  backends: [
    {
      id: 'cpu',
      title: 'CPU',
      summary: 'Plain JavaScript.',
      version: 1,
      probe: async () => ({ works: true, detail: 'plain JavaScript' }),
      start: async () => {
        await tf.setBackend('cpu');
      },
    },
  ],
});
