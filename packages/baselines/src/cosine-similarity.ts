import {
  type CombinerDefinition,
  combination,
  type GramianCombiner,
  lengthOf,
  levelGradients,
} from '@scalpel/core';
import * as v from 'valibot';

/*
 * Weighting by cosine similarity: each auxiliary gradient gₖ, k >= 1, counts as far as it agrees with the
 * main gradient g₀,
 *
 *   d = g₀ + Σ_{k≥1} max(cos(g₀, gₖ), 0) gₖ.
 *
 * Du, Czarnecki, Jayakumar, Farajtabar, Pascanu, Lakshminarayanan, "Adapting Auxiliary Losses Using Gradient
 * Similarity", 2018, arXiv 1812.02224, the weighted version, section 3. As in the paper, each auxiliary loss
 * is weighted alone.
 */

const convention =
  'Levels of several rows are their sum, and each is weighed against level 0 alone. Where the main gradient is zero or absent there is no cosine: ' +
  'the others are taken as they are. A zero auxiliary gradient leaves the others.';

/** Weighting by cosine similarity, on any number of levels. The first level is the main one. */
export function cosineSimilarity(): GramianCombiner {
  return {
    name: 'cosine-similarity',
    needs: 'gramian',
    combine(step) {
      const { gramian } = step;
      const levels = levelGradients(step);
      const lengths = levels.map((level) => lengthOf(step, level));
      const weights = levels.map((level, k) => {
        if (k === 0 || lengths[0] === 0) return 1;
        if (lengths[k] === 0) return 0;
        const cosine = gramian.inner(levels[0]!, level) / lengths[0]! / lengths[k]!;
        return Math.min(1, Math.max(0, cosine));
      });
      return { coefficients: combination(weights, levels) };
    },
  };
}

export const cosineSimilarityDefinition: CombinerDefinition = {
  id: 'cosine-similarity',
  title: 'Cosine similarity',
  summary: 'Adds each auxiliary gradient as far as it points the way of the main one.',
  paper: {
    title: 'Adapting Auxiliary Losses Using Gradient Similarity',
    authors: 'Du, Czarnecki, Jayakumar, Farajtabar, Pascanu, Lakshminarayanan',
    year: 2018,
    arxiv: '1812.02224',
  },
  version: 1,
  guarantees: ['respects-priority', 'weighted'],
  convention,
  options: v.strictObject({}),
  create: cosineSimilarity,
};
