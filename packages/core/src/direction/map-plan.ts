import { termsOf, unit } from '../coefficients.ts';
import { NonFiniteRow } from '../rows/rows.ts';
import type { GroupAnswer } from './groups.ts';
import type { GramPass } from './passes.ts';

/** The combinations of the rows that the *map* pass is to make. */
export interface MapPlan {
  /** Which remembered rows change. */
  readonly changed: readonly number[];
  /** For a variable, the coefficients of the direction and then of each remembered row that changes. */
  readonly coefficients: (variable: number) => readonly (readonly number[])[];
}

/**
 * From the answer for each variable; null where the combiner does not see it: the direction then has the
 * coefficients `shares`, and remembered rows stay.
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

/** Whether a remembered row, at this index, stays what it is. */
function stays(coefficients: readonly number[] | undefined, index: number): boolean {
  return coefficients === undefined || coefficients.every((c, i) => c === (i === index ? 1 : 0));
}

/** The largest float32. No element of a combination is larger than Σ |coefficient| · ‖row‖. */
const LARGEST = 2 ** 128;

/** @throws NonFiniteRow where a result may have elements that float32 does not hold. */
export function checkRange({ coefficients }: MapPlan, { byVariable, scalars }: GramPass): void {
  for (const [variable, gramian] of byVariable.entries()) {
    if (!coefficients(variable).every((list) => termsOf(gramian, list) < LARGEST))
      throw new NonFiniteRow(gramian.size, variable, scalars);
  }
}
