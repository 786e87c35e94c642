import { type CombinerDefinition, checkOptions, type GramianCombiner } from '@scalpel/core';
import { unitRows } from '@scalpel/core/solvers';
import * as v from 'valibot';
import { checkPreference, type Preference, preferenceOf, preferenceSchema } from './parts/preference.ts';
import { eigenpairs, timesFunction } from './solvers/eigenpairs.ts';

/*
 * Aligned-MTL: replaces the gradients by the nearest vectors that are orthogonal and all of the same length
 * σ. The direction is their weighted sum,
 *
 *   d = Jᵀ B w,   B = σ Σₖ uₖ uₖᵀ / σₖ,   J Jᵀ = Σₖ σₖ² uₖ uₖᵀ,
 *
 * over the nonzero singular values σₖ of the matrix J of gradients. σ is the smallest of them, their median,
 * or their root mean square. The weights are w = 1/K.
 *
 * Senushkin, Patakin, Kuznetsov, Konushin, "Independent Component Alignment for Multi-Task Learning", CVPR
 * 2023, arXiv 2305.19000, section 4 and algorithm 1.
 */

export interface AlignedMtlOptions {
  /**
   * σ, from the nonzero singular values: the smallest (`min`, as in the paper), the median (`median`; for an
   * even number the lower of the two in the middle) or the root mean square (`rmse`). Default `min`.
   */
  readonly scale?: 'min' | 'median' | 'rmse';
  /**
   * w, the weight of each objective, >= 0: one number per objective in their order. Default 1/K for each of
   * the K present.
   */
  readonly preference?: Preference;
}

const schema = v.strictObject({
  scale: v.optional(v.picklist(['min', 'median', 'rmse']), 'min'),
  preference: v.optional(preferenceSchema),
});

/**
 * Aligned-MTL. If gradients are dependent, only the nonzero singular values count, and the replaced gradients
 * are as orthogonal as possible.
 */
export function alignedMtl(options: AlignedMtlOptions = {}): GramianCombiner {
  const { scale, preference } = checkOptions('aligned-mtl', schema, options);
  return {
    name: 'aligned-mtl',
    needs: 'gramian',
    check: (setup) => checkPreference('aligned-mtl', preference, setup),
    combine(step) {
      const { gramian, rows, precision } = step;
      const units = unitRows(gramian, rows.length);
      const pairs = eigenpairs(units, precision);
      const length = SCALES[scale](pairs.singularValues);
      const weights = preferenceOf(preference, step);
      const own = units.indices.map((row) => weights[row]!);
      const aligned = timesFunction(pairs, (sigma) => length / sigma, own, precision);
      const coefficients = rows.map(() => 0);
      for (const [position, row] of units.indices.entries()) coefficients[row] = aligned[position]!;
      return { coefficients, certificate: pairs.certificate };
    },
  };
}

/** Functions of the singular values, largest first. */
const SCALES = {
  min: (values: readonly number[]) => values.at(-1)!,
  median: (values: readonly number[]) => values[Math.floor(values.length / 2)]!,
  rmse: (values: readonly number[]) => Math.hypot(...values) / Math.sqrt(values.length),
};

export const alignedMtlDefinition: CombinerDefinition = {
  id: 'aligned-mtl',
  title: 'Aligned-MTL',
  summary: 'The mean of the nearest gradients that are orthogonal and of one length.',
  paper: {
    title: 'Independent Component Alignment for Multi-Task Learning',
    authors: 'Senushkin, Patakin, Kuznetsov, Konushin',
    year: 2023,
    arxiv: '2305.19000',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention:
    'Dependent gradients: only singular values that are not zero count. A zero gradient counts among the K.',
  options: schema,
  create: alignedMtl,
};
