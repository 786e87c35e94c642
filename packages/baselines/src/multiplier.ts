import { type CombinerDefinition, checkOptions, finiteNumber, type LossCombiner } from '@scalpel/core';
import * as v from 'valibot';
import { checkTwoLevels } from './parts/two-levels.ts';

/*
 * A multiplier for a budget: it minimises the loss of the second level as long as the loss L₀ of the first is
 * at most b,
 *
 *   d = (μ g₀ + g₁) / (1 + μ),   μ ← max(0, μ + η (L₀ − b)) before the weights, from μ = 0.
 *
 * This is gradient ascent on the multiplier of the Lagrangian L₁ + μ (L₀ − b), with weights that add up to one.
 *
 * Gallego-Posada, Ramirez, Hashemizadeh, Lacoste-Julien, "Cooper: A Library for Constrained Optimization in
 * Deep Learning", 2025, arXiv 2504.01212.
 */

export interface MultiplierOptions {
  /** b, the largest loss of the first level that is accepted: the sum of its weighted losses. */
  readonly budget: number;
  /** η, the step size of the multiplier, > 0. Default 0.01. */
  readonly stepSize?: number;
}

const schema = v.strictObject({
  budget: finiteNumber,
  stepSize: v.optional(v.pipe(finiteNumber, v.gtValue(0)), 0.01),
});

/** A multiplier for a budget, on exactly two levels. While the first level is absent, μ stays. */
export function multiplier(options: MultiplierOptions): LossCombiner<number> {
  const { budget, stepSize } = checkOptions('multiplier', schema, options);
  return {
    name: 'multiplier',
    needs: 'losses',
    check: (setup) =>
      checkTwoLevels('multiplier', setup, 'Give them two priorities: the first has the budget.'),
    memoryOf: 'levels',
    init: () => 0,
    combine({ rows, losses, memory: before }) {
      const main = losses.filter((_, row) => rows[row]!.level === 0);
      const excess = main.reduce((sum, loss) => sum + loss, -budget);
      const moved = main.length === 0 ? before : before + stepSize * excess;
      const mu = Math.min(Math.max(0, moved), Number.MAX_VALUE);
      return {
        weights: rows.map(({ level }) => (level === 0 ? mu / (1 + mu) : 1 / (1 + mu))),
        memory: mu,
      };
    },
  };
}

export const multiplierDefinition: CombinerDefinition = {
  id: 'multiplier',
  title: 'Multiplier for a budget',
  summary: 'Minimises the auxiliary loss while the main loss stays within a budget.',
  paper: {
    title: 'Cooper: A Library for Constrained Optimization in Deep Learning',
    authors: 'Gallego-Posada, Ramirez, Hashemizadeh, Lacoste-Julien',
    year: 2025,
    arxiv: '2504.01212',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  options: schema,
  create: multiplier,
};
