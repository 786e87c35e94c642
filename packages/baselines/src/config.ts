import {
  type Certificate,
  type CombinerDefinition,
  checkOptions,
  combination,
  finiteNumber,
  type GramianCombiner,
  type Setup,
  type SymmetricMatrix,
  unit,
} from '@scalpel/core';
import { unitRows } from '@scalpel/core/solvers';
import * as v from 'valibot';
import { checkPreference, type Preference, positivePreferenceSchema, presentOf } from './parts/preference.ts';
import { eigenpairs, timesFunction } from './solvers/eigenpairs.ts';

/*
 * ConFIG: the direction with the same cosine to every gradient. Its length is the sum of the projections of
 * all gradients on it:
 *
 *   d = (Σᵢ ⟨gᵢ, û⟩) û,   û = u / ‖u‖,   u = U⁺ 1,   U the matrix of the unit gradients gᵢ / ‖gᵢ‖.
 *
 * With a preference p the cosines are in the proportions of p: u = U⁺ p.
 *
 * With momentum, the gradients' bias-corrected moving averages take the place of the gradients: mᵢ ← β mᵢ +
 * (1 − β) gᵢ, divided by 1 − β^nᵢ after nᵢ gradients. In the paper's algorithm every step brings the gradient
 * of one objective.
 *
 * Liu, Chu, Thuerey, "ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks", ICLR 2025,
 * arXiv 2408.11104, eq. 2 and 3, algorithm 1.
 */

export interface ConfigOptions {
  /** p, > 0, the proportions of the cosines: one number per objective in their order. Default 1 for all. */
  readonly preference?: Preference;
  /** Combines moving averages of the gradients. Default: the gradients of this step. */
  readonly momentum?: MomentumOptions;
}

export interface MomentumOptions {
  /** β, the weight of the old average, in [0, 1). Default 0.9. */
  readonly beta?: number;
  /**
   * The optimizer that takes the step. Default `sgd`.
   * - `sgd` takes the direction as it is. An optimizer with momentum of its own would average twice.
   * - `adam` keeps the moving average m ← β₁ m + (1 − β₁) d of the vectors that it is given, with β₁ = beta.
   *   It is given vectors that make m / (1 − β₁ᵗ) the direction of `sgd`, which is the paper's estimated
   *   gradient. So Adam takes the steps of the paper's algorithm.
   */
  readonly optimizer?: 'sgd' | 'adam';
}

const schema = v.strictObject({
  preference: v.optional(positivePreferenceSchema),
  momentum: v.optional(
    v.strictObject({
      beta: v.optional(v.pipe(finiteNumber, v.minValue(0), v.ltValue(1)), 0.9),
      optimizer: v.optional(v.picklist(['sgd', 'adam']), 'sgd'),
    }),
  ),
});

interface Memory {
  /** Number of steps so far. */
  readonly steps: number;
  /** Number of gradients so far of each objective. */
  readonly seen: Readonly<Record<string, number>>;
}

/**
 * ConFIG. A zero gradient takes no part. If gradients are dependent, U⁺ is the Moore–Penrose pseudo-inverse,
 * and the cosines are as near to the preference as possible. If the unit gradients, times the preference, add
 * up to zero, d = 0. With momentum, an
 * absent objective takes part with its average once it has been seen.
 */
export function config(options: ConfigOptions = {}): GramianCombiner<Memory> {
  const { preference, momentum } = checkOptions('config', schema, options);
  const check = (setup: Setup) => checkPreference('config', preference, setup);
  if (!momentum) {
    return {
      name: 'config',
      needs: 'gramian',
      check,
      combine: (step) => conflictFree(step.gramian, presentOf(preference, step), step.precision),
    };
  }
  const { beta, optimizer } = momentum;
  return {
    name: 'config',
    needs: 'gramian',
    check,
    remembers: ({ rows }) => rows.length + (optimizer === 'adam' ? 1 : 0),
    init: () => ({ steps: 0, seen: {} }),
    combine({ gramian, rows, setup, memory, precision }) {
      const seen = { ...memory.seen };
      const averages = setup.rows.map(({ objective }, index) => {
        const old = unit(gramian.size, rows.length + index);
        const row = rows.findIndex((present) => present.objective === objective);
        if (row < 0) return old;
        seen[objective] = (seen[objective] ?? 0) + 1;
        return combination([beta, 1 - beta], [old, unit(gramian.size, row)]);
      });
      const corrected = averages.map((average, index) => {
        const count = seen[setup.rows[index]!.objective];
        return count === undefined ? average : combination([1 / (1 - beta ** count)], [average]);
      });
      const { coefficients, certificate } = conflictFree(
        gramian.lift(corrected),
        presentOf(preference, { setup, rows: setup.rows }),
        precision,
      );
      const direction = combination(coefficients, corrected);
      const next = { steps: memory.steps + 1, seen };
      if (optimizer === 'sgd')
        return { coefficients: direction, remember: averages, memory: next, certificate };
      // The optimizer's moving average before and after this step.
      const before = unit(gramian.size, gramian.size - 1);
      const after = combination([1 - beta ** next.steps], [direction]);
      const given = combination([1 / (1 - beta), -beta / (1 - beta)], [after, before]);
      return { coefficients: given, remember: [...averages, after], memory: next, certificate };
    },
  };
}

export const configDefinition: CombinerDefinition = {
  id: 'config',
  title: 'ConFIG',
  summary: 'The direction with the same cosine to every gradient.',
  paper: {
    title: 'ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks',
    authors: 'Liu, Chu, Thuerey',
    year: 2024,
    arxiv: '2408.11104',
  },
  version: 1,
  guarantees: ['linear-under-scaling', 'permutation-equivariant', 'weighted'],
  convention:
    'Dependent gradients: the Moore–Penrose pseudo-inverse of the unit gradients; zero gradients take no part. No direction where the unit gradients add up to zero.',
  options: schema,
  create: config,
};

/** ConFIG's coefficients over the first rows, with one number per row as their preference. */
function conflictFree(
  gramian: SymmetricMatrix,
  preference: readonly number[],
  precision: number,
): { coefficients: number[]; certificate: Certificate } {
  const units = unitRows(gramian, preference.length);
  // Only proportions matter.
  const most = Math.max(...preference);
  const wanted = units.indices.map((row) => preference[row]! / most);
  const pairs = eigenpairs({ ...units, lengths: units.indices.map(() => 1) }, precision);
  const x = timesFunction(pairs, (sigma) => sigma ** -2, wanted, precision);
  // The inner products of u with the unit gradients. They are the wanted ones if that is possible.
  const products = timesFunction(pairs, () => 1, wanted, precision);
  const square = products.reduce((sum, product, position) => sum + product * x[position]!, 0);
  const coefficients = new Array<number>(preference.length).fill(0);
  if (square === 0) {
    const note = 'No direction: the unit gradients, times the preference, add up to zero.';
    return { coefficients, certificate: { ...pairs.certificate, solved: false, note } };
  }
  const together = products.reduce((sum, product, position) => sum + product * units.lengths[position]!, 0);
  for (const [position, row] of units.indices.entries()) {
    coefficients[row] = ((together / square) * x[position]!) / units.lengths[position]!;
  }
  return { coefficients, certificate: pairs.certificate };
}
