import {
  type CombinerDefinition,
  checkOptions,
  checkStrength,
  finiteNumber,
  type GramianCombiner,
  type LevelStrength,
  lengthOf,
  levelGradients,
  strengthOf,
} from '@scalpel/core';
import * as v from 'valibot';
import { nearestProgress } from './parts/nearest-progress.ts';

/*
 * Priority-constrained descent. The first level is the primary objective. The direction is the nearest one to
 * its gradient that still gives every other level a fraction τ of the progress along its own gradient:
 *
 *   d̃ = argmin ‖d − g̃₀‖²  subject to  ⟨g̃ₖ, d⟩ >= τₖ ‖g̃ₖ‖² for k >= 1,     d = d̃ ‖g₀‖ / ‖d̃‖,
 *
 * on normalised gradients g̃ₖ = gₖ / √(v̂ₖ + ε). gₖ is the sum of the level's rows, and v̂ₖ is the moving
 * average of ‖gₖ‖², vₖ ← β vₖ + (1 − β) ‖gₖ‖² from zero, divided by 1 − βⁿ after n gradients.
 *
 * Varam, AlHajri, "Not All Objectives Are Born Equal: Priority-Constrained Descent for Hierarchical
 * Multi-Objective Optimization", TMLR 2026, arXiv 2606.29521.
 */

export interface PcdOptions {
  /**
   * τ, the fraction of progress for each level after the first, in [0, 1]: one number for all, or one per
   * level after the first. Default 0.02.
   */
  readonly tau?: LevelStrength;
  /** β, the weight of the old average of squared lengths, in [0, 1). Default 0.999. */
  readonly beta?: number;
  /** ε, added to this average, >= 0. The authors add 1e-8. Default 0. */
  readonly epsilon?: number;
}

const fraction = v.pipe(finiteNumber, v.minValue(0), v.maxValue(1));

const schema = v.strictObject({
  tau: v.optional(
    v.union(
      [fraction, v.array(fraction)],
      'Give a number from 0 to 1, or a list of one such number per level after the first',
    ),
    0.02,
  ),
  beta: v.optional(v.pipe(finiteNumber, v.minValue(0), v.ltValue(1)), 0.999),
  epsilon: v.optional(v.pipe(finiteNumber, v.minValue(0)), 0),
});

/** √v̂ of a level, and the number of gradients in it. Steps without the level do not count. */
interface Size {
  readonly length: number;
  readonly steps: number;
}

/**
 * Priority-constrained descent, exactly. A zero secondary gradient demands nothing. If the primary gradient is
 * zero or absent, so is the direction. If no direction meets all demands, up to the precision of the inner
 * products, it is the primary gradient, and the certificate says why.
 */
export function pcd(options: PcdOptions = {}): GramianCombiner<readonly Size[]> {
  const { tau, beta, epsilon } = checkOptions('pcd', schema, options);
  return {
    name: 'pcd',
    needs: 'gramian',
    check: (setup) => checkStrength('pcd', tau, setup, 'tau'),
    memoryOf: 'levels',
    init: ({ levels }) => Array.from({ length: levels }, () => ({ length: 0, steps: 0 })),
    combine(step) {
      const { unit = 1 } = step;
      const gradients = levelGradients(step);
      const lengths = gradients.map((gradient) => lengthOf(step, gradient));
      const memory = step.memory.map((old, level) => {
        if (!gradients[level]!.includes(1)) return old;
        const steps = old.steps + 1;
        const newest = (1 - beta) / (1 - beta ** steps);
        const [kept, added] = [
          Math.sqrt(1 - newest) * old.length,
          Math.sqrt(newest) * lengths[level]! * unit,
        ];
        return { length: Math.hypot(kept, added), steps };
      });
      // ‖g̃‖ of each level.
      const normalised = lengths.map((length, level) =>
        length === 0 ? 0 : (length * unit) / Math.hypot(memory[level]!.length, Math.sqrt(epsilon)),
      );
      // All is multiplied by ‖g₀‖ / ‖g̃₀‖: then the point to be near to is g₀ itself.
      const factor = lengths[0]! / normalised[0]!;
      const demands = normalised.slice(1).map((own, k) => strengthOf(tau, k + 1) * own * factor);
      return { ...nearestProgress(step, gradients, lengths[0]!, demands), memory };
    },
  };
}

export const pcdDefinition: CombinerDefinition = {
  id: 'pcd',
  title: 'Priority-constrained descent',
  summary: 'The direction nearest to the primary gradient that still makes progress on all others.',
  paper: {
    title:
      'Not All Objectives Are Born Equal: Priority-Constrained Descent for Hierarchical Multi-Objective Optimization',
    authors: 'Varam, AlHajri',
    year: 2026,
    arxiv: '2606.29521',
  },
  version: 1,
  guarantees: ['permutation-equivariant', 'weighted'],
  convention:
    'Levels of several rows are their sum. A zero secondary gradient demands nothing, and an absent level keeps its average. Without a primary gradient there is no direction; where secondary gradients are opposed, it is the primary one.',
  options: schema,
  create: pcd,
};
