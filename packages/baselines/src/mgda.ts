import {
  type CombinerDefinition,
  checkOptions,
  type GramianCombiner,
  normalized,
  padded,
} from '@scalpel/core';
import { minimumNorm } from '@scalpel/core/solvers';
import * as v from 'valibot';

/*
 * MGDA: the shortest convex combination of the gradients,
 *
 *   d = Σ αᵢ gᵢ,   α = argmin ‖Σ αᵢ gᵢ‖²  over  α >= 0, Σ αᵢ = 1.
 *
 * Désidéri, "Multiple-gradient descent algorithm (MGDA) for multiobjective optimization", C. R. Acad. Sci.
 * Paris 350 (2012); for networks Sener and Koltun, "Multi-Task Learning as Multi-Objective Optimization",
 * NeurIPS 2018, arXiv 1810.04650, eq. 3.
 *
 * Sener and Koltun iterate (Frank–Wolfe). Here the problem is solved exactly.
 */

export interface MgdaOptions {
  /**
   * What each gradient is divided by first: nothing, its `length`, its `loss`, or `both`. Many published
   * results of MGDA are of normalised gradients. By `length`, a zero gradient stays zero. By `loss`, losses
   * must be > 0. Default `none`.
   */
  readonly normalize?: 'none' | 'length' | 'loss' | 'both';
}

const schema = v.strictObject({
  normalize: v.optional(v.picklist(['none', 'length', 'loss', 'both']), 'none'),
});

/**
 * MGDA, exactly. If one gradient is zero, d = 0, which is the solution. If 0 is in the convex hull of the
 * gradients, the combination is zero up to rounding errors. These may point against any gradient, and the
 * certificate has a note. Several sets of coefficients may give the shortest combination; these are one of
 * them. d is the same for all.
 */
export function mgda(options: MgdaOptions = {}): GramianCombiner {
  const { normalize } = checkOptions('mgda', schema, options);
  const plain: GramianCombiner = {
    name: 'mgda',
    needs: 'gramian',
    combine({ gramian, rows, precision }) {
      const { weights, certificate } = minimumNorm(gramian, rows.length, precision);
      return { coefficients: padded(weights, gramian.size), certificate };
    },
  };
  return normalize === 'none' ? plain : { ...normalized(plain, { by: normalize }), name: 'mgda' };
}

export const mgdaDefinition: CombinerDefinition = {
  id: 'mgda',
  title: 'MGDA',
  summary: 'The shortest convex combination of the gradients, solved exactly.',
  paper: {
    title: 'Multi-Task Learning as Multi-Objective Optimization',
    authors: 'Sener, Koltun',
    year: 2018,
    arxiv: '1810.04650',
  },
  version: 1,
  guarantees: ['non-conflicting', 'permutation-equivariant', 'weighted', 'stationary-at-pareto-points'],
  options: schema,
  laterDefaults: { normalize: 'none' },
  create: mgda,
};
