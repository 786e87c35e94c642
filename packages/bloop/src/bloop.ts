import {
  type CombinerDefinition,
  checkOptions,
  checkStrength,
  combination,
  finiteNumber,
  type GramianCombiner,
  type LevelStrength,
  levelGradients,
  levelStrength,
  movingAverage,
  strengthOf,
  unit,
} from '@scalpel/core';
import * as v from 'valibot';
import { coneOf, orthogonalComplement } from './projections.ts';

/*
 * Bloop on N levels:
 *
 *   d = g₀ + Σ_{k≥1} λₖ π(gₖ; ē₀, …, ēₖ₋₁),      ēₖ ← (1 − ρ) ēₖ + ρ gₖ
 *
 * gₖ is the gradient of level k on this batch (the sum of its rows), and ēₖ is its moving average. π(u; v, …)
 * is the part of u that is orthogonal to v, …. So a less important level moves only at right angles to the
 * average gradients of the more important ones.
 *
 * Hsieh, Thornton, Ndiaye, Klein, Cuturi, Ablin, "Careful with that Scalpel: Improving Gradient Surgery with
 * an EMA", ICML 2024, arXiv 2402.02998: algorithm 1 (two levels), section 2.3 (three, without averages).
 * Averages on N levels are ours. Modified Gram–Schmidt makes them orthogonal. It works on coefficients, and
 * takes all inner products from the Gramian.
 *
 * On a cone, π is the nearest point of {d : ⟨d, v⟩ >= 0, …} instead. It keeps what agrees with the levels
 * above. On two levels π(g₁; ē₀) = g₁ − min(0, ⟨g₁, ē₀⟩ / ‖ē₀‖²) ē₀. This is ours too.
 */

export interface BloopOptions {
  /**
   * λ, the strength of each level after the first, >= 0: one number for all, or one per level after the
   * first. Default 1.
   */
  readonly lambda?: LevelStrength;
  /** ρ, the weight of the newest gradient in the averages, in (0, 1]. Default 0.01. */
  readonly rho?: number;
  /**
   * The averages move `after` the projection, as in the paper, or `before` it. With `after`, the direction is
   * unbiased given the averages. With `before`, the projection uses newer gradients; with rho 1 it uses this
   * batch's gradients, which is Bloop without averages. Default `after`.
   */
  readonly update?: 'after' | 'before';
  /**
   * The value of an average before its level's first gradient. `zeros` means no projection on it at first.
   * `first` means that first gradient. Default `zeros`.
   */
  readonly initial?: 'zeros' | 'first';
  /**
   * What each level keeps of its gradient. `complement`: the part at right angles to the averages above, as in
   * the paper. `cone`: the nearest vector that does not point against any of these averages, so a level may
   * help those above it. Near their optimum it may then push past it, by its own step. Default `complement`.
   */
  readonly project?: 'complement' | 'cone';
  /**
   * The treatment of a level whose average lies in the span of the averages above, up to rounding. With
   * `damp` the projection on it fades out. With `drop` it is left out; then lower levels push along this
   * average whenever it converges. It has no effect on a cone. Default `damp`.
   */
  readonly guard?: 'damp' | 'drop';
  /**
   * The vectors that the projection subtracts: multiples of each `average`, or the same multiples of this
   * batch's gradients (`batch`). With `batch` the direction stays in the span of these gradients: on two
   * levels it is (1 − λr) g₀ + λ g₁ with r from the average. It then depends on the length of the averages,
   * so start them with `initial: 'first'`. Averages that start from zeros are short at first, and make the
   * multiples up to 1/ρ times too large. A cone has no such multiples. Default `average`.
   */
  readonly along?: 'average' | 'batch';
}

const schema = v.pipe(
  v.strictObject({
    lambda: v.optional(levelStrength, 1),
    rho: v.optional(v.pipe(finiteNumber, v.gtValue(0), v.maxValue(1)), 0.01),
    update: v.optional(v.picklist(['after', 'before']), 'after'),
    initial: v.optional(v.picklist(['zeros', 'first']), 'zeros'),
    project: v.optional(v.picklist(['complement', 'cone']), 'complement'),
    guard: v.optional(v.picklist(['damp', 'drop']), 'damp'),
    along: v.optional(v.picklist(['average', 'batch']), 'average'),
  }),
  v.forward(
    v.check(
      ({ project, along }) => project === 'complement' || along === 'average',
      'On a cone nothing is subtracted along the batch. Leave it out, or project on the complement',
    ),
    ['along'],
  ),
);

/**
 * Bloop on any number of levels. If all objectives of a level are absent, it contributes nothing and its
 * average stays; the other levels are still projected on that average. Nothing is projected on a zero
 * average. With one level, the direction is the sum of its rows. On a cone there is a certificate.
 */
export function bloop(options: BloopOptions = {}): GramianCombiner<readonly boolean[]> {
  const { lambda, rho, update, initial, project, guard, along } = checkOptions('bloop', schema, options);
  return {
    name: 'bloop',
    needs: 'gramian',
    check: (setup) => checkStrength('bloop', lambda, setup),
    memoryOf: 'levels',
    remembers: ({ levels }) => levels - 1,
    // For each level but the last: true if its average has begun.
    init: ({ levels }) => new Array<boolean>(levels - 1).fill(initial === 'zeros'),
    combine(step) {
      const { gramian, rows, setup, memory: begun } = step;
      const gradients = levelGradients(step);
      const present = gradients.map((gradient) => gradient.includes(1));
      const projection = project === 'cone' ? coneOf(step) : orthogonalComplement(step, guard);
      const parts: (readonly number[])[] = [];
      const remember: (readonly number[])[] = [];
      for (const [level, gradient] of gradients.entries()) {
        parts.push(projection.of(gradient));
        if (level === setup.levels - 1) break;
        const old = begun[level] ? unit(gramian.size, rows.length + level) : gradient;
        const next = present[level] ? movingAverage(old, gradient, rho) : old;
        remember.push(next);
        projection.push(update === 'after' ? old : next);
      }
      const strengths = parts.map((_, level) => strengthOf(lambda, level));
      const direction = combination(strengths, parts);
      const certificate = projection.certificate?.();
      return {
        coefficients: along === 'batch' ? inBatch(direction, gradients, rows.length) : direction,
        remember,
        memory: begun.map((already, level) => already || present[level]!),
        ...(certificate && { certificate }),
      };
    },
  };
}

export const bloopDefinition: CombinerDefinition = {
  id: 'bloop',
  title: 'Bloop',
  summary:
    'Projects each level on the complement of the averaged gradients of the levels above it, or on their cone.',
  paper: {
    title: 'Careful with that Scalpel: Improving Gradient Surgery with an EMA',
    authors: 'Hsieh, Thornton, Ndiaye, Klein, Cuturi, Ablin',
    year: 2024,
    arxiv: '2402.02998',
  },
  version: 1,
  guarantees: ['linear-under-scaling', 'permutation-equivariant'],
  options: schema,
  laterDefaults: { project: 'complement' },
  create: bloop,
};

/** Puts this batch's gradient of a level in the place of its average. */
function inBatch(
  direction: readonly number[],
  gradients: readonly (readonly number[])[],
  count: number,
): number[] {
  const ofRows = direction.map((c, row) => (row < count ? c : 0));
  const ofAverages = direction.slice(count);
  return combination([1, ...ofAverages], [ofRows, ...gradients.slice(0, ofAverages.length)]);
}
