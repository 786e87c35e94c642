import { combination, type GramianCombination, type GramianStep, lengthOf } from '@scalpel/core';
import { nearestInHalfSpaces, unitRows } from '@scalpel/core/solvers';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

// The direction of priority-constrained descent, which pcd.ts defines.

const OPPOSED =
  'The secondary gradients are opposed: no direction gives each the progress that tau asks for. The direction is the primary gradient.';

/**
 * The direction of the point nearest to the primary gradient, which is the first, among those whose inner
 * products with the others are at least `demands` times their lengths. Its length is `length`, that of the
 * primary gradient.
 */
export function nearestProgress(
  step: GramianStep,
  [primary, ...secondaries]: readonly (readonly number[])[],
  length: number,
  demands: readonly number[],
): GramianCombination {
  const none = primary!.map(() => 0);
  if (length === 0) return { coefficients: none, certificate: { solved: true, residual: 0 } };
  const { coefficients, certificate } = nearestInHalfSpaces(step, primary!, secondaries, demands);
  const opposed = { coefficients: primary!, certificate: { ...certificate, solved: false, note: OPPOSED } };
  if (coefficients === null) return opposed;
  const active = [...secondaries.keys()].filter((k) =>
    secondaries[k]!.some((one, row) => one === 1 && coefficients[row] !== 0),
  );
  const { point, reached } = measured(step, coefficients, secondaries, active, demands);
  if (reached > 0) return { coefficients: combination([length / reached], [point]), certificate };
  // Without demands zero may be the nearest point. With one, what is left would be rounding errors.
  return demands.every((demand) => demand === 0) ? { coefficients: none, certificate } : opposed;
}

/**
 * The point and its length. It is the sum of two parts at right angles: the shortest point that meets the
 * active demands as equations, and what the primary gradient has outside of the span of the active gradients.
 * Terms of the point may nearly cancel, but those of its parts do not. Where the second part is rounding, it
 * is left out.
 */
function measured(
  step: GramianStep,
  coefficients: readonly number[],
  secondaries: readonly (readonly number[])[],
  active: readonly number[],
  demands: readonly number[],
): { readonly point: readonly number[]; readonly reached: number } {
  if (!active.some((k) => demands[k]! > 0)) {
    return { point: coefficients, reached: lengthOf(step, coefficients) };
  }
  const gradients = active.map((k) => secondaries[k]!);
  const { indices, lengths, cosines } = unitRows(step.gramian.lift(gradients), gradients.length);
  const parts = new CholeskyDecomposition(new Matrix(cosines.toJSON()))
    .solve(Matrix.columnVector(indices.map((row) => demands[active[row]!]!)))
    .to1DArray();
  const shortest = combination(
    parts.map((part, i) => part / lengths[i]!),
    indices.map((row) => gradients[row]!),
  );
  const outside = lengthOf(step, combination([1, -1], [coefficients, shortest]));
  const reached = Math.hypot(outside, lengthOf(step, shortest));
  return { point: outside > 0 ? coefficients : shortest, reached };
}
