import type { CombinerDefinition, LossCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { checkPositiveLosses } from './parts/positive-losses.ts';

/*
 * Geometric loss strategy: minimises the geometric mean of the losses,
 *
 *   (Π Lᵢ)^(1/K),   so the weights are (Π Lⱼ)^(1/K) / (K Lᵢ).
 *
 * Chennupati, Sistu, Yogamani, Rawashdeh, "MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss
 * Strategy for Multi-Task Learning", CVPR Workshops 2019, arXiv 1904.08492, section 3.2.
 */

/** The geometric mean of the losses of the objectives present. Throws unless all are > 0. */
export function geometricMean(): LossCombiner {
  return {
    name: 'geometric-mean',
    needs: 'losses',
    combine(step) {
      checkPositiveLosses('geometric-mean', step);
      const logarithms = step.losses.map(Math.log);
      const count = logarithms.length;
      const mean = logarithms.reduce((sum, x) => sum + x, 0) / count;
      return { weights: logarithms.map((x) => Math.exp(mean - x) / count) };
    },
  };
}

export const geometricMeanDefinition: CombinerDefinition = {
  id: 'geometric-mean',
  title: 'Geometric mean',
  summary: 'The gradient of the geometric mean of the losses.',
  paper: {
    title: 'MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss Strategy for Multi-Task Learning',
    authors: 'Chennupati, Sistu, Yogamani, Rawashdeh',
    year: 2019,
    arxiv: '1904.08492',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  options: v.strictObject({}),
  create: geometricMean,
};
