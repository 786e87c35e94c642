import {
  type CombinerDefinition,
  checkOptions,
  finiteNumber,
  type GramianCombination,
  type GramianCombiner,
  type GramianStep,
  lengthOf,
  padded,
} from '@scalpel/core';
import { minimumNorm } from '@scalpel/core/solvers';
import * as v from 'valibot';
import { type Anchor, solveMove } from './parts/pareto-moves.ts';
import { powerAbove } from './parts/powers.ts';
import { checkPreference, preferenceOf } from './parts/preference.ts';

/*
 * Exact Pareto optimal search: d = Σ αᵢ gᵢ with convex α. It moves towards the point of the Pareto front
 * where all rᵢ Lᵢ are equal, for a preference r > 0.
 *
 * G is the Gramian, l̂ = r∘L / Σ rⱼLⱼ, the non-uniformity is μ = Σ l̂ᵢ log(K l̂ᵢ), and the anchor direction
 * is a = r∘(log(K l̂) − μ). Then α solves:
 *
 *   balance, while μ > ε:   max αᵀGa  where (Gα)ⱼ >= 0        for j with the largest rⱼLⱼ,
 *                                           (Gα)ⱼ >= (Ga)ⱼ    for the others with (Ga)ⱼ <= 0;    or Gα >= 0 if no (Ga)ⱼ > 0
 *   descend, from then on:  max 1ᵀGα  where Gα >= 0  and  αᵀGa >= min(maxⱼ (Ga)ⱼ, 0), which the relaxed version leaves out
 *
 * Mahapatra and Rajan, "Multi-Task Learning with User Preferences: Gradient Descent with Controlled Ascent in
 * Pareto Optimization", ICML 2020, section 4 and algorithms 1 and 2.
 */

export interface EpoOptions {
  /** r, > 0, one number per objective in the order in which they were given. Default: all 1. */
  readonly preference?: readonly number[];
  /** ε: the losses are balanced while their non-uniformity μ is above it, >= 0. Default 1e-4. */
  readonly epsilon?: number;
  /** Descends without keeping the balance. Default false. */
  readonly relaxed?: boolean;
}

const schema = v.strictObject({
  preference: v.optional(v.array(v.pipe(finiteNumber, v.gtValue(0)))),
  epsilon: v.optional(v.pipe(finiteNumber, v.minValue(0)), 1e-4),
  relaxed: v.optional(v.boolean(), false),
});

const convention =
  'Of several optimal α a vertex, always the same one. A loss that is 0 counts as 2⁻⁵² of the sum in the logarithm; where all are 0 they are balanced. ' +
  'Where no descent keeps the balance, which is always so for a Pareto-stationary point off the ray, it descends as in the relaxed version and the ' +
  'certificate says so. Zero gradients share the weight that the others leave.';

/** Exact Pareto optimal search. Throws unless all losses are >= 0. */
export function epo(options: EpoOptions = {}): GramianCombiner {
  const { preference, epsilon, relaxed } = checkOptions('epo', schema, options);
  return {
    name: 'epo',
    needs: 'gramian',
    check: (setup) => checkPreference('epo', preference, setup),
    combine(step) {
      const r = preference ? preferenceOf(preference, step) : step.rows.map(() => 1);
      return search(step, anchorOf(step, r), epsilon, relaxed);
    },
  };
}

export const epoDefinition: CombinerDefinition = {
  id: 'epo',
  title: 'Exact Pareto optimal search',
  summary: 'Heads for the Pareto optimum where the losses are in given proportions.',
  paper: {
    title:
      'Multi-Task Learning with User Preferences: Gradient Descent with Controlled Ascent in Pareto Optimization',
    authors: 'Mahapatra, Rajan',
    year: 2020,
  },
  version: 2,
  guarantees: ['weighted'],
  convention,
  options: schema,
  create: epo,
};

function anchorOf({ rows, losses }: GramianStep, r: readonly number[]): Anchor {
  const negative = losses.findIndex((loss) => loss < 0);
  if (negative >= 0) {
    throw new Error(
      `epo: the loss of "${rows[negative]!.objective}" is ${losses[negative]}, but its proportions need losses >= 0. ` +
        'Add a constant to the loss, or use a method that looks at gradients alone.',
    );
  }
  const units = [powerAbove(losses), powerAbove(r)] as const;
  const weighted = losses.map((loss, row) => (loss / units[0]) * (r[row]! / units[1]));
  const most = Math.max(...weighted);
  const parts = weighted.map((x) => (most > 0 ? x / most : 1));
  const mean = parts.reduce((sum, x) => sum + x, 0) / parts.length;
  const logarithms = parts.map((x) => {
    const logarithm = Math.log(Math.max(x / mean, parts.length * Number.EPSILON));
    // If the proportions are equal, only rounding is left. It must not count as a direction.
    return Math.abs(logarithm) > 100 * Number.EPSILON ? logarithm : 0;
  });
  const nonUniformity = parts.reduce((sum, x, row) => sum + (x / mean / parts.length) * logarithms[row]!, 0);
  return {
    nonUniformity,
    direction: logarithms.map((logarithm, row) => r[row]! * (logarithm - nonUniformity)),
    largest: parts.map((x) => x === 1),
  };
}

const STATIONARY = 'Pareto-stationary: a convex combination of the gradients is zero.';
const UNBALANCED = 'No descent keeps the balance: this one is that of the relaxed version.';

function search(step: GramianStep, anchor: Anchor, epsilon: number, relaxed: boolean): GramianCombination {
  const { gramian, rows, precision } = step;
  const descent = relaxed ? 'relaxed' : 'descend';
  const exact = solveMove(step, anchor, anchor.nonUniformity > epsilon ? 'balance' : descent);
  const { weights, certificate } =
    exact ?? solveMove(step, anchor, 'relaxed') ?? minimumNorm(gramian, rows.length, precision);
  const coefficients = padded(weights, gramian.size);
  const notes = [...(exact ? [] : [UNBALANCED]), ...(lengthOf(step, coefficients) === 0 ? [STATIONARY] : [])];
  return {
    coefficients,
    certificate: {
      solved: exact !== null && certificate.solved,
      residual: certificate.residual,
      ...(notes.length > 0 && { note: notes.join(' ') }),
    },
  };
}
