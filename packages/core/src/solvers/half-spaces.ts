import { combination, lengthOf } from '../coefficients.ts';
import type { Certificate, GramianStep } from '../combiner.ts';
import { minimizeNonnegative } from './nonnegative.ts';
import { unitRows } from './unit-rows.ts';

/*
 * The point of some half-spaces that is nearest to a combination u of rows:
 *
 *   argmin ‖d − u‖²  subject to  ⟨nⱼ, d⟩ >= τⱼ ‖nⱼ‖ for all j
 *
 * It is d = u + Σ zⱼ nⱼ / ‖nⱼ‖ with z = argmin ½ ‖u + Σ zⱼ nⱼ / ‖nⱼ‖‖² − Σ τⱼ zⱼ over z >= 0. With τ = 0 the
 * half-spaces form a cone.
 */

export interface NearestPoint {
  /** d, as coefficients over the rows of the Gramian. Null if the half-spaces have no point in common. */
  readonly coefficients: readonly number[] | null;
  /** The residual measures the optimality conditions of z, relative to their terms. */
  readonly certificate: Certificate;
}

const EMPTY = 'No point meets all conditions: a combination of their gradients is zero.';

/** Keeps the coefficient of u itself at one: with this slope it never rises. */
const FIXED = Number.MAX_VALUE;

/**
 * Projects the combination `start` on half-spaces. `normals` are combinations too, and `demands` has τ, >= 0,
 * of each of them, 0 by default. A normal that is zero, up to the precision of the inner products, demands
 * nothing.
 */
export function nearestInHalfSpaces(
  { gramian, precision }: Pick<GramianStep, 'gramian' | 'precision'>,
  start: readonly number[],
  normals: readonly (readonly number[])[],
  demands: readonly number[] = normals.map(() => 0),
): NearestPoint {
  const own = normals.length;
  const kept = [...normals, start].map((vector) =>
    lengthOf({ gramian, precision }, vector) > 0 ? vector : vector.map(() => 0),
  );
  // The start is among the rows: then rounding can be told from descent where the answer nearly vanishes.
  const { indices, lengths, cosines } = unitRows(gramian.lift(kept), kept.length);
  const { point, ray, residual } = minimizeNonnegative(
    cosines,
    indices.map((row) => (row === own ? FIXED : -demands[row]!)),
    precision,
    indices.map((row, i) => (row === own ? lengths[i]! : 0)),
  );
  if (ray !== null) return { coefficients: null, certificate: { solved: false, residual, note: EMPTY } };
  const parts = indices.map((_, i) => point[i]! / lengths[i]!);
  const coefficients = combination([1, ...parts], [start, ...indices.map((row) => kept[row]!)]);
  return { coefficients, certificate: { solved: residual <= Math.max(1e-8, 100 * precision), residual } };
}
