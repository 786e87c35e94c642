import {
  type CombinerDefinition,
  definePlugin,
  type GradientCombiner,
  type Plugin,
  type Task,
  type TaskDefinition,
} from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';

/** x² and ‖(x, y) − (1, 1)‖², from a start that depends on the seed. */
const valley: TaskDefinition = {
  id: 'valley',
  title: 'A valley',
  summary: '',
  version: 1,
  options: z.strictObject({ steps: z.int().min(1).default(10) }),
  objectives: ['main', 'side'],
  create: ({ steps }: { readonly steps: number }, seed): Task => {
    const place = tf.tidy(() => tf.variable(tf.tensor1d([(1 + seed) / 4, 0])));
    const main = () => tf.tidy(() => tf.sum(tf.square(tf.slice(place, 0, 1))));
    const side = () => tf.tidy(() => tf.sum(tf.squaredDifference(place, 1)));
    return {
      objectives: [
        { name: 'main', priority: 0, loss: main },
        { name: 'side', priority: 1, loss: side },
      ],
      variables: [place],
      optimizer: () => tf.train.sgd(0.1),
      schedule: () => 0.1,
      steps,
      stepsPerEpoch: steps,
      batch: () => tf.scalar(0),
      evaluate: async () => {
        const [x, y] = (await place.data()) as unknown as [number, number];
        return { train: { main: x * x, side: (x - 1) ** 2 + (y - 1) ** 2 } };
      },
      dispose: () => place.dispose(),
    };
  },
};

/** One combiner of each kind. Its answer shows the input that it received. */
const combiners: readonly GradientCombiner[] = [
  {
    name: 'chance',
    needs: 'losses',
    combine: ({ rows, random }) => ({ weights: rows.map(() => random()) }),
  },
  {
    // The first weight is the epoch, the others are losses. The last combiner adds its losses after earlier
    // steps.
    name: 'told',
    needs: 'losses',
    init: () => 0,
    combine: ({ losses, epoch, memory }) => ({
      weights: [epoch, ...losses.slice(1, -1), losses.at(-1)! + (memory as number)],
    }),
    after: ({ losses, memory }) => (memory as number) + losses.at(-1)!,
  },
  {
    name: 'three-batches',
    needs: 'gramian',
    batches: 3,
    combine: ({ rows }) => ({ coefficients: rows.map(({ batch }) => batch) }),
  },
  {
    name: 'explosive',
    needs: 'gramian',
    combine: () => ({ coefficients: [1e30, 1e30] }),
  },
  {
    name: 'largest',
    needs: 'elements',
    element: ({ column }) => Math.max(...column),
    combine: ({ gradients }) => tf.max(gradients, 0),
  },
];

const define = (combiner: GradientCombiner): CombinerDefinition => ({
  id: combiner.name,
  title: combiner.name,
  summary: '',
  version: 1,
  options: z.strictObject({}),
  guarantees: [],
  create: () => combiner,
});

export const plugin: Plugin = definePlugin({
  name: 'testing',
  combiners: combiners.map(define),
  tasks: [valley],
});
