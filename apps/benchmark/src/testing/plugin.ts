import { type CombinerDefinition, definePlugin, type GradientCombiner, type Plugin } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';

/** One combiner of each kind, which shows in its answer what it was told. */
const combiners: readonly GradientCombiner[] = [
  {
    name: 'chance',
    needs: 'losses',
    combine: ({ rows, random }) => ({ weights: rows.map(() => random()) }),
  },
  {
    // The first weight is the epoch, the others are losses; the last one adds its losses after earlier steps.
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
    name: 'largest',
    needs: 'elements',
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

export const plugin: Plugin = definePlugin({ name: 'testing', combiners: combiners.map(define) });
