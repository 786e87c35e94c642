import { termsOf, unit } from '../coefficients.ts';
import { NonFiniteRow } from '../rows/rows.ts';
import type { GroupAnswer } from './groups.ts';
import type { GramPass } from './passes.ts';

/** The combinations of the rows that the *map* pass computes. */
export interface MapPlan {
  /** The positions of the remembered rows that change. */
  readonly changed: readonly number[];
  /** The coefficients for a variable: of the direction, and then of each remembered row that changes. */
  readonly coefficients: (variable: number) => readonly (readonly number[])[];
}

/**
 * Makes the plan from the answer for each variable. The answer is null if the combiner does not see the
 * variable. Then the direction has the coefficients `shares`, and the remembered rows stay.
 */
export function planMap(
  answers: readonly GroupAnswer[],
  answerOf: (variable: number) => GroupAnswer | null,
  shares: readonly number[],
  gradients: number,
): MapPlan {
  const size = shares.length;
  const itself = (a: number) => unit(size, gradients + a);
  const changed = Array.from({ length: size - gradients }, (_, a) => a).filter(
    (a) => !answers.every(({ remember }) => stays(remember?.[a], gradients + a)),
  );
  return {
    changed,
    coefficients(variable) {
      const answer = answerOf(variable);
      if (answer === null) return [shares, ...changed.map(itself)];
      return [answer.coefficients, ...changed.map((a) => answer.remember?.[a] ?? itself(a))];
    },
  };
}

/** True if the remembered row at this index does not change. */
function stays(coefficients: readonly number[] | undefined, index: number): boolean {
  return coefficients === undefined || coefficients.every((c, i) => c === (i === index ? 1 : 0));
}

/** The limit of float32. No element of a combination is larger than Σ |coefficient| · ‖row‖. */
const LARGEST = 2 ** 128;

/**
 * Throws if a result may have elements that float32 cannot hold.
 * @throws NonFiniteRow
 */
export function checkRange({ coefficients }: MapPlan, { byVariable, scalars }: GramPass): void {
  for (const [variable, gramian] of byVariable.entries()) {
    if (!coefficients(variable).every((list) => termsOf(gramian, list) < LARGEST))
      throw new NonFiniteRow(gramian.size, variable, scalars);
  }
}
