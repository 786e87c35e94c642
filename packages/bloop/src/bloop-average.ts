import {
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GradientRow,
  type GramianCombiner,
  movingAverage,
  projectionFactor,
  type Setup,
  unit,
} from '@scalpel/core';
import * as v from 'valibot';

/*
 * Bloop on two levels with another average in the place of its moving average,
 *
 *   d = g₀ + λ π(g₁; e),
 *
 *   all          e ← e + (g₀ − e) / t       the plain mean of all gradients of the first level so far, t = 1, 2, …
 *   directions   e ← (1 − ρ) e + ρ d        the moving average of the directions, which the optimizer's momentum buffer holds anyway
 *   batches      e = the mean gradient of the first level on two more batches, new in each step: a larger batch without an average
 *
 * The averages start at zero and move after the projection. A momentum buffer of g₀ itself, e ← β e + g₀,
 * needs no option: it is 1/ρ times the moving average with ρ = 1 − β, and the projection does not depend on
 * the length of e. These variants are ours: an ablation of Hsieh et al., arXiv 2402.02998, algorithm 1.
 */

export interface BloopAverageOptions {
  /** λ, the strength of the second level, >= 0. Default 1. */
  readonly lambda?: number;
  /** The average to project on. Default `all`. */
  readonly average?: 'all' | 'directions' | 'batches';
  /** ρ, the weight of the newest direction in `directions`, in (0, 1]. Default 0.01. */
  readonly rho?: number;
}

const schema = v.strictObject({
  lambda: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1),
  average: v.optional(v.picklist(['all', 'directions', 'batches']), 'all'),
  rho: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.maxValue(1)), 0.01),
});

/**
 * Bloop with another average, on exactly two levels. While the first level is absent, its average stays. If
 * the average is zero, nothing is projected. The memory is the number of steps with a gradient of the first
 * level. With `batches`, the direction uses the last of three batches.
 */
export function bloopAverage(options: BloopAverageOptions = {}): GramianCombiner<number> {
  const { lambda, average, rho } = checkOptions('bloop-average', schema, options);
  const remembers = average === 'batches' ? 0 : 1;
  const batches = average === 'batches' ? 3 : 1;
  return {
    name: 'bloop-average',
    needs: 'gramian',
    batches,
    check: checkLevels,
    memoryOf: 'levels',
    remembers: () => remembers,
    init: () => 0,
    combine({ gramian, rows, memory: seen }) {
      const { size } = gramian;
      const rowsWhere = (is: (row: GradientRow) => boolean) =>
        Array.from({ length: size }, (_, index) => (rows[index] && is(rows[index]) ? 1 : 0));
      const [main, auxiliary] = [0, 1].map((wanted) =>
        rowsWhere(({ level, batch }) => level === wanted && batch === batches - 1),
      ) as [number[], number[]];
      const target = remembers
        ? unit(size, rows.length)
        : rowsWhere(({ level, batch }) => level === 0 && batch < batches - 1);
      const ratio = projectionFactor(gramian, auxiliary, target);
      const rest = combination([1, -ratio], [auxiliary, target]);
      const coefficients = combination([1, lambda], [main, rest]);
      if (!remembers || !main.includes(1)) return { coefficients };
      const newest = average === 'all' ? main : coefficients;
      const weight = average === 'all' ? 1 / (seen + 1) : rho;
      return {
        coefficients,
        remember: [movingAverage(target, newest, weight)],
        memory: seen + 1,
      };
    },
  };
}

function checkLevels({ levels }: Setup): void {
  if (levels === 2) return;
  throw new Error(
    `bloop-average is for two levels of priority, but the objectives have ${levels}. Use bloop, or give priorities of two kinds.`,
  );
}

export const bloopAverageDefinition: CombinerDefinition = {
  id: 'bloop-average',
  title: 'Bloop, another average',
  summary:
    'Projects the second level on the complement of a plain mean, or of the average direction: what the moving average of Bloop is compared with.',
  paper: {
    title: 'Careful with that Scalpel: Improving Gradient Surgery with an EMA',
    authors: 'Hsieh, Thornton, Ndiaye, Klein, Cuturi, Ablin',
    year: 2024,
    arxiv: '2402.02998',
  },
  version: 1,
  guarantees: ['permutation-equivariant'],
  options: schema,
  create: bloopAverage,
};
