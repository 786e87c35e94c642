import type { Certificate } from '@scalpel/core';
import type { UnitRows } from '@scalpel/core/solvers';

/*
 * The nonzero eigenpairs of a Gramian G = D C Dᵀ, where D holds the lengths of the rows and C their cosines.
 *
 * Pivoted Cholesky, C ≈ L Lᵀ, decides the rank (Higham, "Accuracy and Stability of Numerical Algorithms", 2nd
 * ed. 2002, section 10.3). C does not depend on the lengths of the rows, and so the rank does not depend on
 * them either: a threshold on the eigenvalues of G would mistake a short row for a dependent one.
 *
 * Then G ≈ A Aᵀ with A = D L. The one-sided Jacobi method gives the singular values of A (Hestenes,
 * "Inversion of matrices by biorthogonalization and related results", J. SIAM 6, 1958). Their number is the
 * rank. Where small singular values come from short rows, the method computes them to full relative precision
 * (Demmel, Veselić, "Jacobi's method is more accurate than QR", SIAM J. Matrix Anal. Appl. 13, 1992).
 */

export interface Eigenpairs {
  /**
   * The nonzero singular values of the rows, largest first. Their squares are the nonzero eigenvalues of the
   * Gramian.
   */
  readonly singularValues: readonly number[];
  /** One unit eigenvector of the Gramian for each singular value, with one entry per row. */
  readonly vectors: readonly (readonly number[])[];
  /** The residual is the largest of |uⱼᵀG uₖ / (σⱼ σₖ) − δⱼₖ|. */
  readonly certificate: Certificate;
}

const UNSETTLED =
  'Nearly dependent gradients: inner products of this precision settle what they are combined to no further than the residual.';

/**
 * Finds the eigenpairs of rows whose inner products have the relative error `precision`. A row may depend on
 * other rows. It counts as dependent if its part orthogonal to them has a squared length of at most 100 ·
 * precision · (number of rows) times its own squared length.
 */
export function eigenpairs(units: UnitRows, precision: number): Eigenpairs {
  const columns = factor(units, precision);
  orthogonalize(columns);
  const pairs = columns
    .map((column) => ({ length: Math.hypot(...column), column }))
    .sort((a, b) => b.length - a.length);
  const singularValues = pairs.map(({ length }) => length);
  const vectors = pairs.map(({ length, column }) => units.lengths.map((_, row) => column[row]! / length));
  return { singularValues, vectors, certificate: certify(units, singularValues, vectors, precision) };
}

/**
 * Σₖ f(σₖ) ⟨uₖ, v⟩ uₖ. With f(σ) = σ⁻² it is G⁺ v, the product with the Moore–Penrose pseudo-inverse. With
 * f(σ) = 1 it is the projection of v on the range of G. `v` and the result have one entry per row.
 */
export function timesFunction(
  { singularValues, vectors }: Eigenpairs,
  f: (singularValue: number) => number,
  v: readonly number[],
  precision: number,
): number[] {
  const result = v.map(() => 0);
  for (const [pair, vector] of vectors.entries()) {
    const along = significantSum(
      vector.map((x, row) => x * v[row]!),
      precision,
    );
    for (const [row, x] of vector.entries()) result[row]! += f(singularValues[pair]!) * along * x;
  }
  return result;
}

/** The sum, or 0 if it may be rounding alone: if it is at most 100 · precision of the sum of magnitudes. */
export function significantSum(terms: readonly number[], precision: number): number {
  const sum = terms.reduce((a, b) => a + b, 0);
  const magnitude = terms.reduce((a, b) => a + Math.abs(b), 0);
  return Math.abs(sum) <= 100 * precision * magnitude ? 0 : sum;
}

/** The columns of A = D L. */
function factor({ lengths, cosines }: UnitRows, precision: number): Float64Array[] {
  const size = lengths.length;
  const left = new Array<number>(size).fill(1);
  const columns: number[][] = [];
  for (;;) {
    const most = Math.max(...left);
    if (!(most > 100 * precision * size)) break;
    // Several rows would do as the pivot; the longest is taken. Rows that depend on it then have rounding
    // errors that are small beside it.
    let pivot = -1;
    for (let row = 0; row < size; row++) {
      if (left[row]! >= 0.1 * most && (pivot < 0 || lengths[row]! > lengths[pivot]!)) pivot = row;
    }
    const root = Math.sqrt(left[pivot]!);
    const column = left.map((own, row) => {
      if (own <= 0) return 0;
      const rest = columns.reduce((sum, other) => sum - other[row]! * other[pivot]!, cosines.at(row, pivot));
      // A rest that is rounding alone would be large beside short rows.
      return Math.abs(rest) <= 10 * precision ? 0 : rest / root;
    });
    for (let row = 0; row < size; row++) left[row]! -= column[row]! ** 2;
    left[pivot] = 0;
    columns.push(column);
  }
  return columns.map((column) => new Float64Array(column.map((x, row) => x * lengths[row]!)));
}

/** Rotates pairs of columns until all columns are orthogonal. */
function orthogonalize(columns: readonly Float64Array[]): void {
  // After the first few sweeps the convergence is quadratic. The bound guards against rounding.
  for (let sweep = 0; sweep < 30; sweep++) {
    let rotated = false;
    for (let second = 1; second < columns.length; second++) {
      for (let first = 0; first < second; first++) {
        rotated = rotate(columns[first]!, columns[second]!) || rotated;
      }
    }
    if (!rotated) return;
  }
}

/** Makes two columns orthogonal. Returns false if they already were, up to rounding. */
function rotate(first: Float64Array, second: Float64Array): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  let terms = 0;
  for (let row = 0; row < first.length; row++) {
    const x = first[row]!;
    const y = second[row]!;
    a += x * x;
    b += y * y;
    c += x * y;
    terms += Math.abs(x * y);
  }
  if (Math.abs(c) <= first.length * Number.EPSILON * Math.max(terms, Math.min(a, b))) return false;
  const ratio = (b - a) / (2 * c);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(1, ratio));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = cosine * tangent;
  for (let row = 0; row < first.length; row++) {
    const x = first[row]!;
    const y = second[row]!;
    first[row] = cosine * x - sine * y;
    second[row] = sine * x + cosine * y;
  }
  return true;
}

function certify(
  { lengths, cosines }: UnitRows,
  singularValues: readonly number[],
  vectors: Eigenpairs['vectors'],
  precision: number,
): Certificate {
  const scaled = vectors.map((vector, pair) =>
    vector.map((x, row) => (x * lengths[row]!) / singularValues[pair]!),
  );
  const products = cosines.lift(scaled);
  const errors = scaled.flatMap((_, j) =>
    scaled.map((_, k) => Math.abs(products.at(j, k) - (j === k ? 1 : 0))),
  );
  const residual = Math.max(0, ...errors);
  if (residual <= Math.sqrt(precision)) return { solved: true, residual };
  return { solved: false, residual, note: UNSETTLED };
}
