import { type Certificate, combination, dot, type GramianStep } from '@scalpel/core';
import { nearestInHalfSpaces } from '@scalpel/core/solvers';

/** A projection on what vectors leave that are pushed one after the other, as coefficients over the rows. */
export interface Projection {
  of(gradient: readonly number[]): readonly number[];
  push(next: readonly number[]): void;
  /** What the solver vouches for, for all projections so far. Absent for a formula. */
  certificate?(): Certificate;
}

/**
 * The orthogonal complement, by orthogonal directions. The guard is relative, so the scale of the gradients
 * does not matter. It lies above the rounding error of the inner products.
 */
export function orthogonalComplement(
  { gramian, precision }: GramianStep,
  guard: 'damp' | 'drop',
): Projection {
  const tolerance = Math.max(1e-12, 100 * precision);
  const basis: { direction: number[]; image: number[]; square: number }[] = [];
  const of = (gradient: readonly number[]) =>
    basis.reduce<number[]>(
      (rest, { direction, image, square }) => combination([1, -dot(rest, image) / square], [rest, direction]),
      [...gradient],
    );
  return {
    of,
    push(next) {
      const whole = gramian.inner(next, next);
      if (whole <= 0) return;
      const direction = of(next);
      const image = gramian.times(direction);
      const square = dot(direction, image);
      // Only the result of a subtraction has a rounding error to guard against.
      const damping = basis.length === 0 ? 0 : tolerance * whole;
      if (guard === 'damp') basis.push({ direction, image, square: Math.max(0, square) + damping });
      else if (square > damping) basis.push({ direction, image, square });
    },
  };
}

/** The cone of the vectors that point against none of those pushed. It is never empty, for it holds zero. */
export function coneOf(step: GramianStep): Projection {
  const normals: (readonly number[])[] = [];
  let weakest: Certificate = { solved: true, residual: 0 };
  return {
    of(gradient) {
      const { coefficients, certificate } = nearestInHalfSpaces(step, gradient, normals);
      if (certificate.residual > weakest.residual) weakest = certificate;
      return coefficients!;
    },
    push: (next) => void normals.push(next),
    certificate: () => weakest,
  };
}
