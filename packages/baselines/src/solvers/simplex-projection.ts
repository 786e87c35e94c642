/**
 * The point of the simplex {w >= 0, Σ wᵢ = 1} nearest to the given point, exactly. It is wᵢ = max(yᵢ − τ, 0),
 * with the one τ for which the weights add up to one. Sorting finds τ: Held, Wolfe, Crowder, "Validation of
 * subgradient optimization", Math. Programming 6, 1974.
 */
export function projectOnSimplex(point: readonly number[]): number[] {
  // The entries are taken relative to the largest, so that the sum of one is not lost beside large entries.
  const largest = Math.max(...point);
  const shifted = point.map((x) => x - largest);
  let threshold = 0;
  let total = 0;
  for (const [index, x] of [...shifted].sort((a, b) => b - a).entries()) {
    total += x;
    const next = (total - 1) / (index + 1);
    if (x <= next) break;
    threshold = next;
  }
  return shifted.map((x) => Math.max(0, x - threshold));
}
