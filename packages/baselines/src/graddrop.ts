import { type CombinerDefinition, checkOptions, type ElementCombiner } from '@scalpel/core';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { checkPerObjective, numbersOf, type PerObjective, perObjective } from './parts/per-objective.ts';

/*
 * GradDrop: each element of the direction takes only the gradients of one sign. The sign is drawn in
 * proportion to its share,
 *
 *   d = Σᵢ (ℓᵢ + (1 − ℓᵢ) keepᵢ) gᵢ,   keepᵢ = 1 where gᵢ > 0 and P > U, or gᵢ < 0 and P <= U, else 0,
 *   P = ½ (1 + Σᵢ gᵢ / Σᵢ |gᵢ|),   U uniform in [0, 1)
 *
 * Chen, Ngiam, Huang, Luong, Kretzschmar, Chai, Anguelov, "Just Pick a Sign: Optimizing Deep Multitask Models
 * with Gradient Sign Dropout", NeurIPS 2020, arXiv 2010.06808, algorithm 1 with f(p) = p and the leak
 * parameters ℓ. There it acts on gradients of activations. Here, as for all methods, it acts on gradients of
 * the parameters.
 */

export interface GraddropOptions {
  /**
   * ℓ, the part of each gradient that always passes, in [0, 1]: one number for all, or one per objective in
   * their order. Default 0.
   */
  readonly leak?: PerObjective;
}

const schema = v.strictObject({
  leak: v.optional(
    v.pipe(
      perObjective,
      v.check((leak) => [leak].flat().every((x) => x >= 0 && x <= 1), 'Give numbers from 0 to 1'),
    ),
    0,
  ),
});

/** GradDrop. If an element is zero in every gradient, it is zero in the direction. */
export function graddrop(options: GraddropOptions = {}): ElementCombiner {
  const { leak } = checkOptions('graddrop', schema, options);
  return {
    name: 'graddrop',
    needs: 'elements',
    check: (setup) => checkPerObjective('graddrop', 'leak', leak, setup),
    element({ column, random, ...step }) {
      const leaks = numbersOf(leak, step);
      const drawn = uniform(random);
      const total = column.reduce((sum, x) => sum + Math.abs(x), 0);
      if (total === 0) return 0;
      const share = 0.5 * (1 + column.reduce((sum, x) => sum + x, 0) / total);
      const sign = share > drawn ? 1 : -1;
      return column.reduce((sum, x, row) => sum + (Math.sign(x) === sign ? x : leaks[row]! * x), 0);
    },
    combine({ gradients, random, ...step }) {
      const drawn = tf.tensor1d(Float32Array.from({ length: gradients.shape[1] }, () => uniform(random)));
      const total = tf.sum(tf.abs(gradients), 0);
      const share = tf.mul(0.5, tf.add(1, tf.divNoNan(tf.sum(gradients, 0), total)));
      const positive = tf.greater(share, drawn);
      const leaked = tf.mul(gradients, tf.reshape(numbersOf(leak, step), [-1, 1]));
      const ofSign = (sign: 1 | -1) =>
        tf.sum(tf.where(tf.greater(tf.mul(gradients, sign), 0), gradients, leaked), 0);
      return tf.where(positive, ofSign(1), ofSign(-1)) as tf.Tensor1D;
    },
  };
}

export const graddropDefinition: CombinerDefinition = {
  id: 'graddrop',
  title: 'GradDrop',
  summary: 'Keeps of each element the gradients of one sign, drawn in proportion to their share.',
  paper: {
    title: 'Just Pick a Sign: Optimizing Deep Multitask Models with Gradient Sign Dropout',
    authors: 'Chen, Ngiam, Huang, Luong, Kretzschmar, Chai, Anguelov',
    year: 2020,
    arxiv: '2010.06808',
  },
  version: 2,
  guarantees: ['permutation-equivariant'],
  convention: 'An element that is zero in every gradient is zero.',
  options: schema,
  create: graddrop,
};

/**
 * A random number in steps of 2⁻²⁴, so that it is the same in float32 and never 1. Gradients that agree are
 * therefore always kept.
 */
function uniform(random: () => number): number {
  return Math.floor(random() * 2 ** 24) / 2 ** 24;
}
