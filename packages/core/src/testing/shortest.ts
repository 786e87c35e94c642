import type { GramianCombiner } from '../combiner.ts';
import { minimumNorm } from '../solvers/minimum-norm.ts';

/** MGDA, for tests: the shortest convex combination, with its certificate. */
export const shortest: GramianCombiner = {
  name: 'shortest',
  needs: 'gramian',
  combine({ gramian, rows, precision }) {
    const { weights, certificate } = minimumNorm(gramian, rows.length, precision);
    return { coefficients: weights, certificate };
  },
};
