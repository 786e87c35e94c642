import type { GramianStep } from '../combiner.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';

/**
 * A step whose rows are combinations of another step's rows: of its gradients, then of its remembered rows.
 * The caller adds the facts about the rows.
 */
export function lifted<Memory>(
  step: GramianStep<Memory>,
  gradients: readonly (readonly number[])[],
  remembered: readonly (readonly number[])[],
): GramianStep<Memory> {
  return {
    ...step,
    gramian: step.gramian.lift([...gradients, ...remembered]),
    ...distancesOf(step, gradients),
  };
}

/**
 * Squared distances between combinations of rows, if the step has distances. The distance of two gradients is
 * that of the step; other distances come from inner products.
 */
function distancesOf(
  { gramian, distances }: GramianStep,
  basis: readonly (readonly number[])[],
): Pick<GramianStep, 'distances'> {
  if (!distances) return {};
  const rows = basis.map((vector) => {
    const row = vector.indexOf(1);
    return vector.every((c, index) => c === (index === row ? 1 : 0)) ? row : -1;
  });
  const between = SymmetricMatrix.from(basis.length, (i, j) => {
    if (rows[i]! >= 0 && rows[j]! >= 0) return distances.at(rows[i]!, rows[j]!);
    const difference = basis[i]!.map((c, index) => c - basis[j]![index]!);
    return Math.max(0, gramian.inner(difference, difference));
  });
  return { distances: between };
}
