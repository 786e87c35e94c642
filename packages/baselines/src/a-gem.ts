import {
  type CombinerDefinition,
  combination,
  type GramianCombiner,
  levelGradients,
  projectionFactor,
} from '@scalpel/core';
import * as v from 'valibot';
import { checkTwoLevels } from './parts/two-levels.ts';

/*
 * A-GEM: the main gradient g₀ without the part that would raise the auxiliary loss, whose gradient is g₁:
 *
 *   d = g₀ − min(⟨g₀, g₁⟩, 0) / ‖g₁‖² g₁
 *
 * A-GEM keeps the auxiliary loss from rising and does not try to lower it. In the paper, the auxiliary loss
 * is that of a memory of earlier tasks.
 *
 * Chaudhry, Ranzato, Rohrbach, Elhoseiny, "Efficient Lifelong Learning with A-GEM", ICLR 2019, arXiv
 * 1812.00420, eq. 11.
 */

const convention =
  'A zero auxiliary gradient takes nothing from d = g₀; a zero main gradient leaves d = 0, and so does an absent main objective.';

/**
 * A-GEM on exactly two levels, of any number of rows. If the auxiliary gradient is zero or absent, d = g₀. If
 * the main gradient is zero or absent, d = 0.
 */
export function aGem(): GramianCombiner {
  return {
    name: 'a-gem',
    needs: 'gramian',
    check: (setup) =>
      checkTwoLevels(
        'a-gem',
        setup,
        'Give them two priorities, or use pcgrad, which protects any number of objectives from each other.',
      ),
    combine(step) {
      const [main, auxiliary] = levelGradients(step);
      const r = projectionFactor(step.gramian, main!, auxiliary!);
      return { coefficients: combination([1, -Math.min(r, 0)], [main!, auxiliary!]) };
    },
  };
}

export const aGemDefinition: CombinerDefinition = {
  id: 'a-gem',
  title: 'A-GEM',
  summary: 'The main gradient, without its part against the auxiliary one.',
  paper: {
    title: 'Efficient Lifelong Learning with A-GEM',
    authors: 'Chaudhry, Ranzato, Rohrbach, Elhoseiny',
    year: 2019,
    arxiv: '1812.00420',
  },
  version: 1,
  guarantees: ['respects-priority', 'weighted'],
  convention,
  options: v.strictObject({}),
  create: aGem,
};
