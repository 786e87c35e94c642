import type { Certificate, GramianStep, SymmetricMatrix } from '@scalpel/core';
import { minimumNorm, type UnitRows, unitRows } from '@scalpel/core/solvers';
import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/*
 * The combination of some rows whose coefficients are a power of its inner products with them:
 *
 *   w > 0  with  wᵢ = (pᵢ / ⟨gᵢ, d⟩)^a,   d = Σ wᵢ gᵢ,   for a preference p > 0, by default 1.
 *
 * The direction d / ‖d‖ maximises the sum of the a-fair utilities of ⟨gᵢ, d⟩, times pᵢ^a; for a = 1 these are
 * logarithms. The solution exists, and is unique, exactly if 0 is not in the convex hull of the rows.
 *
 * Let lᵢ be the lengths, wᵢ = bᵢ / lᵢ, and C the cosines. Then the equation reads C b = z with bᵢ zᵢ^a =
 * pᵢ^a lᵢ^(1−a). For a = 1 it does not depend on the lengths. Its solution minimises the convex function ½ bᵀC b
 * − Σ ∫ zᵢ(bᵢ), whose gradient is C b − z. Newton's method solves it, and moves along the curves on which bᵢ
 * zᵢ^a is this constant. On them log b and log z are linear. So no entry becomes negative, and very large or
 * small numbers need no special care.
 */

export interface FairCombination {
  /** One coefficient per row. All are zero unless the certificate says `solved`. */
  readonly coefficients: readonly number[];
  /**
   * The residual is the largest error of a cosine between d and a row: the difference between its computed
   * value and the one that the coefficients ask for. `solved` also means that the inner products, with their
   * precision, determine the squared length of d to a hundredth. Otherwise there is a note: long terms that
   * nearly cancel leave rounding errors, and these may worsen any row.
   */
  readonly certificate: Certificate;
}

const UNSETTLED = 'No direction: the solution is not settled by inner products of this precision.';

/**
 * Solves the problem for the first `count` rows of a step, at least one, with `exponent` a > 0. Throws if the
 * lengths of the rows make a coefficient too small for float64, and for inner products that are not finite.
 */
export function fairCombination(
  { gramian, precision, unit = 1 }: Pick<GramianStep, 'gramian' | 'precision' | 'unit'>,
  count: number,
  exponent: number,
  preference: readonly number[] = new Array(count).fill(1),
): FairCombination {
  const { weights, certificate } = minimumNorm(gramian, count, precision);
  if (certificate.note !== undefined) {
    const note = `No solution. ${certificate.note} No direction.`;
    return { coefficients: weights.map(() => 0), certificate: { ...certificate, solved: false, note } };
  }
  return solve(unitRows(gramian, count), exponent, preference, precision, unit);
}

/** The largest move of log b and log z in one step. */
const LONGEST = 5;

/**
 * Enough rounds for exponents from 1/100 to 100 if the lengths of the rows differ by 1e6, and for exponents
 * from 1/10 to 20 if they differ by 1e20.
 */
const ROUNDS = 1000;

function solve(
  { indices, lengths, cosines }: UnitRows,
  exponent: number,
  preference: readonly number[],
  precision: number,
  unit: number,
): FairCombination {
  const size = lengths.length;
  const logs = indices.map(
    (row, i) =>
      (1 - exponent) * (Math.log(lengths[i]!) + Math.log(unit)) + exponent * Math.log(preference[row]!),
  );
  // A common factor of b and z does not change the problem. This one is in the middle.
  const shift = logs.reduce((sum, x) => sum + x, 0) / size;
  let logB = logs.map((x) => (x - shift) / (1 + exponent));
  let logZ = logB;
  let previous = Number.POSITIVE_INFINITY;
  for (let round = 0; ; round++) {
    const b = logB.map(bounded);
    const z = logZ.map(bounded);
    const image = cosines.times(b);
    const excess = image.map((x, row) => x - z[row]!);
    const terms = b.map((_, row) => b.reduce((sum, y, i) => sum + Math.abs(cosines.at(row, i)) * y, z[row]!));
    const error = Math.max(...excess.map((x, row) => Math.abs(x) / terms[row]!));
    const step = error <= 2 * size * Number.EPSILON ? null : newton(cosines, b, z, excess, exponent);
    const longest = step === null ? 0 : Math.max(...step.map((x) => Math.abs(x))) * Math.max(1, 1 / exponent);
    // Near the solution, each step is much shorter than the one before, unless only rounding is left.
    const done = longest < 1e-3 && longest > previous / 4;
    if (step === null || done || round === ROUNDS) {
      const certificate = certify(b, image, excess, terms, precision);
      const coefficients = new Array<number>(size).fill(0);
      for (const [i, row] of certificate.solved ? indices.entries() : []) {
        coefficients[row] = Math.exp(logB[i]! + shift / (1 + exponent)) / lengths[i]! / unit;
      }
      if (certificate.solved && Math.min(...coefficients) < 2 ** -1022) {
        throw new Error(
          'Coefficients of gradients of these lengths are too small for float64. Scale the gradients.',
        );
      }
      return { coefficients, certificate };
    }
    const part = Math.min(1, LONGEST / longest);
    // C b is linear in b. So, near the solution, a step of b itself has no error of second order. A step of
    // log b has one, and it would be large where large terms nearly cancel.
    const moves = step.map((x) => (longest < 0.1 ? Math.log1p(x) : part * x));
    logB = logB.map((x, row) => x + moves[row]!);
    logZ = logZ.map((x, row) => x - moves[row]! / exponent);
    previous = longest;
  }
}

function certify(
  b: readonly number[],
  image: readonly number[],
  excess: readonly number[],
  terms: readonly number[],
  precision: number,
): Certificate {
  const square = image.reduce((sum, x, row) => sum + x * b[row]!, 0);
  const residual = Math.max(...excess.map((x) => Math.abs(x))) / Math.sqrt(square);
  const doubts = excess.map((x, row) => b[row]! * (Math.abs(x) + b.length * precision * terms[row]!));
  const doubt = doubts.reduce((sum, x) => sum + x, 0);
  if (residual < 1e-8 && doubt <= square / 100) return { solved: true, residual };
  return { solved: false, residual: Number.isFinite(residual) ? residual : 1, note: UNSETTLED };
}

/** Newton's step for b, relative to b. Null if rounding leaves none. */
function newton(
  cosines: SymmetricMatrix,
  b: readonly number[],
  z: readonly number[],
  excess: readonly number[],
  exponent: number,
): number[] | null {
  const curvatures = b.map((x, row) => z[row]! / (exponent * x));
  // Scales the diagonal to one.
  const scales = curvatures.map((curvature) => 1 / Math.sqrt(1 + curvature));
  const hessian = new CholeskyDecomposition(
    new Matrix(scales.map((s, i) => scales.map((t, j) => (i === j ? 1 : s * t * cosines.at(i, j))))),
  );
  if (!hessian.isPositiveDefinite()) return null;
  const right = Matrix.columnVector(excess.map((x, row) => -x * scales[row]!));
  return hessian
    .solve(right)
    .to1DArray()
    .map((x, row) => (x * scales[row]!) / b[row]!);
}

/** The exponential, limited to about 1e±130, so that its squares are finite. */
function bounded(x: number): number {
  return Math.exp(Math.max(-300, Math.min(300, x)));
}
