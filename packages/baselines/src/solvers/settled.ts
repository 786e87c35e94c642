import type { Certificate, SymmetricMatrix } from '@scalpel/core';
import { unitRows } from '@scalpel/core/solvers';

interface Answer {
  readonly coefficients: readonly number[];
  readonly certificate: Certificate;
}

const UNSETTLED =
  'No direction: inner products of this precision do not tell it from rounding errors, as near Pareto-stationary points.';

/**
 * Checks the answer to a problem whose solution conflicts with no row. `precision` is the relative error of
 * the Gramian's entries. Where long terms cancel, they leave rounding errors, which may point against any
 * row. The answer is kept if every cosine between the direction and a row is proved to be at least −100
 * √precision, which is −1e-6 for float64. The length of the direction in these cosines is a lower bound: from
 * its square, or from its inner product with a row, whichever is larger. Otherwise the answer becomes zero,
 * with a note.
 */
export function settled(gramian: SymmetricMatrix, answer: Answer, precision: number): Answer {
  const { indices, lengths, cosines } = unitRows(gramian, gramian.size);
  const parts = indices.map((row, i) => answer.coefficients[row]! * lengths[i]!);
  const error = parts.length * precision;
  // Lower bounds on the inner products with unit rows.
  const least = cosines.times(parts).map((product, i) => {
    const terms = parts.reduce((sum, part, j) => sum + Math.abs(cosines.at(i, j) * part), 0);
    return product - error * terms;
  });
  const square = parts.reduce((sum, part, i) => sum + part * least[i]!, 0);
  const length = Math.max(Math.sqrt(Math.max(0, square)), ...least);
  if (least.every((product) => product >= -100 * Math.sqrt(precision) * length)) return answer;
  return {
    coefficients: answer.coefficients.map(() => 0),
    certificate: { ...answer.certificate, solved: false, note: UNSETTLED },
  };
}
