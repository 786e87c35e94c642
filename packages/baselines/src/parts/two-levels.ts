import {
  finiteNumber,
  type GramianStep,
  levelGradients,
  movingAverage,
  type Setup,
  unit,
} from '@scalpel/core';
import * as v from 'valibot';

/**
 * A moving average of each level's gradient, e ← (1 − ρ) e + ρ g from zero. The method projects on it instead
 * of this batch's gradients.
 */
export interface AverageOptions {
  /** ρ, the weight of the newest gradient, in (0, 1]. Default 0.01. */
  readonly rho?: number;
  /** The averages move `after` the projection or `before` it. Default `after`. */
  readonly update?: 'after' | 'before';
}

export const averageSchema: v.GenericSchema<unknown, Required<AverageOptions>> = v.strictObject({
  rho: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.maxValue(1)), 0.01),
  update: v.optional(v.picklist(['after', 'before']), 'after'),
});

/** Throws unless there are exactly two levels. The error ends with `way`, which says what to do instead. */
export function checkTwoLevels(owner: string, { levels }: Setup, way: string): void {
  if (levels === 2) return;
  const what = levels === 1 ? '1 level' : `${levels} levels`;
  throw new Error(
    `${owner} weighs two levels of priority against each other, but the objectives have ${what}. ${way}`,
  );
}

/** Combinations of the rows of a Gramian, as coefficients over them. */
export interface LevelVectors {
  /** This batch's gradient of each level: the sum of its rows, or zero if all of them are absent. */
  readonly gradients: readonly (readonly number[])[];
  /** The vectors to project on, one per level: its average if there is one, otherwise its gradient. */
  readonly targets: readonly (readonly number[])[];
  /** The next averages. The average of an absent level stays. */
  readonly remember: readonly (readonly number[])[];
}

/** The gradients of the two levels. The remembered rows hold averages of the first `averaged` levels. */
export function levelVectors(
  step: GramianStep,
  average: Required<AverageOptions> | undefined,
  averaged: number,
): LevelVectors {
  const { gramian, rows } = step;
  const gradients = levelGradients(step);
  if (!average) return { gradients, targets: gradients, remember: [] };
  const old = Array.from({ length: averaged }, (_, level) => unit(gramian.size, rows.length + level));
  const { rho, update } = average;
  const next = old.map((row, level) =>
    gradients[level]!.includes(1) ? movingAverage(row, gradients[level]!, rho) : row,
  );
  return { gradients, targets: update === 'after' ? old : next, remember: next };
}
