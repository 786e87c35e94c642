/** Two losses, both minimised. */
export type Point = readonly [number, number];

/** a is nowhere worse than b. */
export function weaklyDominates(a: Point, b: Point): boolean {
  return a[0] <= b[0] && a[1] <= b[1];
}

/** The points that no other point beats, from left to right, each once. */
export function nonDominated(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const front: Point[] = [];
  for (const point of sorted) {
    if (front.length === 0 || point[1] < front.at(-1)![1]) front.push(point);
  }
  return front;
}

/**
 * Area that is weakly dominated by the points and strictly better than the reference r, in the product of the two losses' units:
 * Σᵢ (r₁ − f₁ᵢ)(f₂ᵢ₋₁ − f₂ᵢ) over the front from left to right, f₂₀ = r₂ (Zitzler and Thiele, PPSN 1998). Exact.
 * Points that are not better than the reference in both losses add nothing.
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const better = points.filter(([x, y]) => x < reference[0] && y < reference[1]);
  let area = 0;
  let height = reference[1];
  for (const [x, y] of nonDominated(better)) {
    area += (reference[0] - x) * (height - y);
    height = y;
  }
  return area;
}

/**
 * C(A, B): the share of B's front, in [0, 1], that some point of A weakly dominates (Zitzler and Thiele, 1998). Not symmetric: look at both.
 * Null where B is empty.
 */
export function dominanceShare(a: readonly Point[], b: readonly Point[]): number | null {
  const front = nonDominated(b);
  if (front.length === 0) return null;
  const dominated = front.filter((point) => a.some((other) => weaklyDominates(other, point)));
  return dominated.length / front.length;
}
