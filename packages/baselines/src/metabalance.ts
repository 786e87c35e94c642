import {
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GramianCombiner,
  lengthOf,
  levelGradients,
} from '@scalpel/core';
import * as v from 'valibot';

/*
 * MetaBalance: each auxiliary gradient gₖ, k >= 1, is scaled towards the length of the main gradient g₀,
 *
 *   d = g₀ + Σ_{k≥1} (relax · m₀ / mₖ + (1 − relax)) gₖ,
 *
 * where mₖ is the length of gₖ, or its moving average m ← β m + (1 − β) ‖gₖ‖.
 *
 * He, Feng, Cheng, Ji, Guo, Caverlee, "MetaBalance: Improving Multi-Task Recommendations via Adapting
 * Gradient Magnitudes of Auxiliary Tasks", WWW 2022, arXiv 2203.06801, eq. 3 to 5 and algorithm 1. The paper
 * does it for each part of the network: perLayer(metabalance()). It uses β = 0.9 and relax = 0.7. Its
 * averages start at zero, and their common factor 1 − βᵗ cancels in the quotient. Here each average is
 * divided by its own factor, so that the factors are also gone where objectives were absent.
 */

export interface MetabalanceOptions {
  /** β, the weight of the old lengths in their moving averages, in [0, 1). Default 0: no averages. */
  readonly beta?: number;
  /** Scales each auxiliary gradient between its own length, 0, and that of the main one, 1. Default 1. */
  readonly relax?: number;
}

const schema = v.strictObject({
  beta: v.optional(v.pipe(finiteNumber, v.minValue(0), v.ltValue(1)), 0),
  relax: v.optional(v.pipe(finiteNumber, v.minValue(0), v.maxValue(1)), 1),
});

const convention =
  'Levels of several rows are their sum, and each is balanced against level 0 alone. A zero main gradient makes d = (1 − relax) Σ gₖ, without ' +
  'averages; a zero auxiliary gradient leaves the others. A level that is absent keeps its length; before the main one has been seen, the others are ' +
  'taken as they are.';

/**
 * The average length of a level's gradient, and the number of steps in it. Steps without the level do not
 * count.
 */
interface Length {
  readonly average: number;
  readonly steps: number;
}

/** MetaBalance on any number of levels. The first level is the main one. */
export function metabalance(options: MetabalanceOptions = {}): GramianCombiner<readonly Length[]> {
  const { beta, relax } = checkOptions('metabalance', schema, options);
  return {
    name: 'metabalance',
    needs: 'gramian',
    memoryOf: 'levels',
    init: ({ levels }) => Array.from({ length: levels }, () => ({ average: 0, steps: 0 })),
    combine(step) {
      const { unit = 1 } = step;
      const levels = levelGradients(step);
      const memory = step.memory.map((old, k) => {
        if (!levels[k]!.includes(1)) return old;
        const steps = old.steps + 1;
        const newest = (1 - beta) / (1 - beta ** steps);
        return { average: old.average + newest * (lengthOf(step, levels[k]!) * unit - old.average), steps };
      });
      const main = memory[0]!;
      const weights = memory.map(({ average }, k) =>
        k === 0 || main.steps === 0 || average === 0 ? 1 : (relax * main.average) / average + (1 - relax),
      );
      return { coefficients: combination(weights, levels), memory };
    },
  };
}

export const metabalanceDefinition: CombinerDefinition = {
  id: 'metabalance',
  title: 'MetaBalance',
  summary: 'Adds the auxiliary gradients, each at the length of the main one.',
  paper: {
    title:
      'MetaBalance: Improving Multi-Task Recommendations via Adapting Gradient Magnitudes of Auxiliary Tasks',
    authors: 'He, Feng, Cheng, Ji, Guo, Caverlee',
    year: 2022,
    arxiv: '2203.06801',
  },
  version: 1,
  guarantees: ['weighted'],
  convention,
  options: schema,
  create: metabalance,
};
