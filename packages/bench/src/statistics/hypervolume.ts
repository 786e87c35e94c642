import type { Losses } from './points.ts';
import { checkPoints } from './points.ts';

/*
 * The algorithm is WFG (While, Bradstreet and Barone, "A fast way of calculating exact hypervolumes", IEEE
 * Transactions on Evolutionary Computation 16, 2012). It adds up the volume that each point dominates beyond
 * the points after it. The reference is the origin, and the extents of a point tell how much better it is in
 * each loss. H(S) is the volume of the boxes that reach from the origin to the points of S:
 *
 *   H(S) = Σₖ H(pₖ) − H({min(pₖ, q) : q after pₖ}).
 *
 * The points are sorted by their last extent, smallest first. Then every min(pₖ, q) has the last extent of
 * pₖ, and the problem has one dimension less. In two dimensions a sweep gives the area.
 */

/**
 * The distance by which a point is better than the reference in each loss. It is > 0, in units that make the
 * largest one about 1.
 */
type Extents = readonly number[];

/**
 * The volume that is weakly dominated by the points and strictly better than the reference point, in the
 * product of the losses' units (Zitzler and Thiele, PPSN 1998). Exact for any number of objectives; sixty
 * points of eight objectives take well below a second. Points that are not better than the reference in every
 * loss add nothing. Throws for points of another number of losses, and for numbers that are not finite.
 */
export function hypervolume(points: readonly Losses[], reference: Losses): number {
  checkPoints('hypervolume', { reference: [reference], points });
  // Halves do not overflow, and powers of two lose no digits.
  const halves = points
    .map((point) => reference.map((side, objective) => side / 2 - point[objective]! / 2))
    .filter((point) => point.every((half) => half > 0));
  const exponents = reference.map((_, objective) =>
    Math.floor(Math.log2(Math.max(...halves.map((point) => point[objective]!)))),
  );
  const extents = halves.map((point) => point.map((half, objective) => half / 2 ** exponents[objective]!));
  const exponent = exponents.reduce((sum, own) => sum + own + 1, 0);
  const [first, second] = [Math.floor(exponent / 2), Math.ceil(exponent / 2)];
  return halves.length === 0 ? 0 : volumeOf(outermost(extents)) * 2 ** first * 2 ** second;
}

/** The volume of the union of boxes, none of which lies inside another. */
function volumeOf(points: readonly Extents[]): number {
  const count = points[0]?.length ?? 0;
  if (points.length < 2) return points.length * boxOf(points[0] ?? []);
  if (count === 2) return swept(points);
  const sorted = points.toSorted(compare);
  return sorted.reduce((volume, point, index) => {
    const base = point.slice(0, -1);
    const limited = sorted.slice(index + 1).map((q) => base.map((extent, i) => Math.min(extent, q[i]!)));
    return volume + point.at(-1)! * (boxOf(base) - volumeOf(outermost(limited)));
  }, 0);
}

/** The area in two dimensions: Σᵢ xᵢ (yᵢ − yᵢ₋₁) by falling x. */
function swept(points: readonly Extents[]): number {
  let area = 0;
  let height = 0;
  for (const [x, y] of points.toSorted((a, b) => b[0]! - a[0]!)) {
    area += x! * (y! - height);
    height = y!;
  }
  return area;
}

function boxOf(point: Extents): number {
  return point.reduce((volume, extent) => volume * extent, 1);
}

/** The points that no other point covers, each once. */
function outermost(points: readonly Extents[]): Extents[] {
  const front: Extents[] = [];
  // In this order a point comes after every point that covers it.
  for (const point of points.toSorted((a, b) => compare(b, a))) {
    if (!front.some((other) => covers(other, point))) front.push(point);
  }
  return front;
}

function covers(a: Extents, b: Extents): boolean {
  for (let i = 0; i < a.length; i++) if (a[i]! < b[i]!) return false;
  return true;
}

/**
 * Compares by the last dimension, then by the one before it, and so on. The order of the given points has no
 * effect.
 */
function compare(a: Extents, b: Extents): number {
  for (let i = a.length - 1; i >= 0; i--) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}
