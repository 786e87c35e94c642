import type { GradientCombiner, GradientRow, GramianCombiner, LossCombiner } from '@scalpel/core';
import type { MeanWeight } from '../records/index.ts';

/** What is known of the weights so far, for a checkpoint. */
export interface WeightsSoFar {
  readonly steps: number;
  /** The sum over the steps of each objective's weight. */
  readonly sums: readonly number[];
  /** The weight of each objective's gradients in each remembered row. */
  readonly remembered: readonly (readonly number[])[];
}

/** Watches the weights that a method ends up using. */
export interface WeightsWatch {
  /** The combiner to train with. Its answers are those of the given one. */
  readonly combiner: GradientCombiner;
  soFar(): WeightsSoFar;
  /** The means over the steps, in the order of the objectives. Null for a method without one weight for each. */
  means(): readonly MeanWeight[] | null;
}

/**
 * Watches a combiner. A direction is a sum of gradients of this step and of earlier ones, which the remembered
 * rows hold: the weight of an objective is the sum of the coefficients of all its gradients. Remembered rows
 * are sums of gradients themselves, so their coefficients count to the objectives that they are made of.
 * `before` is what was known when an earlier process stopped.
 */
export function watchWeights(
  combiner: GradientCombiner,
  objectives: readonly string[],
  before?: WeightsSoFar,
): WeightsWatch {
  let steps = before?.steps ?? 0;
  const sums = [...(before?.sums ?? objectives.map(() => 0))];
  let remembered: readonly (readonly number[])[] = before?.remembered ?? [];

  /** The weight of each objective in a sum of the rows of a step. */
  const weightsIn = (coefficients: readonly number[], rows: readonly GradientRow[]) =>
    objectives.map((name, objective) =>
      coefficients.reduce((sum, coefficient, index) => {
        const row = rows[index];
        const own = row
          ? Number(row.objective === name)
          : (remembered[index - rows.length]?.[objective] ?? 0);
        return sum + coefficient * own;
      }, 0),
    );
  const note = (
    coefficients: readonly number[],
    rows: readonly GradientRow[],
    remember?: readonly (readonly number[])[],
  ) => {
    steps++;
    for (const [objective, weight] of weightsIn(coefficients, rows).entries()) sums[objective]! += weight;
    if (remember) remembered = remember.map((row) => weightsIn(row, rows));
  };
  const isWatched = combiner.needs !== 'elements' && !('groups' in combiner && combiner.groups);
  return {
    combiner: isWatched ? watched(combiner, note) : combiner,
    soFar: () => ({ steps, sums, remembered }),
    means: () =>
      isWatched && steps > 0
        ? objectives.map((objective, index) => ({ objective, mean: rounded(sums[index]! / steps) }))
        : null,
  };
}

type Note = (
  coefficients: readonly number[],
  rows: readonly GradientRow[],
  remember?: readonly (readonly number[])[],
) => void;

/** The combiner, with its weights noted at each step. It may be frozen, and its methods may use `this`. */
function watched(combiner: GradientCombiner, note: Note): GradientCombiner {
  const over = (methods: object) =>
    Object.create(Object.getPrototypeOf(combiner), {
      ...Object.getOwnPropertyDescriptors(combiner),
      ...Object.getOwnPropertyDescriptors(methods),
    });
  if (combiner.needs === 'nothing') {
    const weights: typeof combiner.weights = (rows, setup) => {
      const answer = combiner.weights(rows, setup);
      note(answer, rows);
      return answer;
    };
    return over({ weights });
  }
  if (combiner.needs === 'losses') {
    const combine: LossCombiner['combine'] = (step) => {
      const answer = combiner.combine(step);
      note(answer.weights, step.rows);
      return answer;
    };
    return over({ combine });
  }
  const combine: GramianCombiner['combine'] = (step) => {
    const answer = (combiner as GramianCombiner).combine(step);
    note(answer.coefficients, step.rows, answer.remember);
    return answer;
  };
  return over({ combine });
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
