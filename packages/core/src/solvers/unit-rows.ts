import { checkMatrix } from '../numbers.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';

/** The rows of a Gramian without the zero ones, brought to length one. */
export interface UnitRows {
  /** Their positions among the rows given, in an order that is made of inner products alone. */
  readonly indices: readonly number[];
  /** Their lengths before. */
  readonly lengths: readonly number[];
  /** Their inner products after: a unit diagonal, the same whatever the scales of the rows. */
  readonly cosines: SymmetricMatrix;
}

/**
 * The first `count` rows of the Gramian as unit rows: what the solvers work on, so that badly scaled rows
 * lose no digits. Longer rows come first, whatever the order of those given: so what rounding leaves of an
 * answer does not depend on that, however badly conditioned the rows are. Throws for inner products that are
 * not finite.
 */
export function unitRows(gramian: SymmetricMatrix, count: number): UnitRows {
  checkMatrix('unitRows', 'gramian', gramian, count);
  const all = Array.from({ length: count }, (_, row) => Math.sqrt(gramian.at(row, row)));
  const indices = [...all.keys()].filter((row) => all[row]! > 0).sort(byProducts(gramian, count));
  const lengths = indices.map((row) => all[row]!);
  const cosines = SymmetricMatrix.from(indices.length, (i, j) =>
    i === j ? 1 : gramian.at(indices[i]!, indices[j]!) / lengths[i]! / lengths[j]!,
  );
  return { indices, lengths, cosines };
}

/**
 * By lengths, then by all inner products of a row from the smallest: rows that are equal in both answer for
 * each other.
 */
function byProducts(gramian: SymmetricMatrix, count: number): (a: number, b: number) => number {
  const sorted = new Map<number, Float64Array>();
  const productsOf = (row: number): Float64Array => {
    const known =
      sorted.get(row) ?? Float64Array.from({ length: count }, (_, other) => gramian.at(row, other)).sort();
    sorted.set(row, known);
    return known;
  };
  return (a, b) => {
    const difference = gramian.at(b, b) - gramian.at(a, a);
    if (difference !== 0) return difference;
    const [first, second] = [productsOf(a), productsOf(b)];
    const at = first.findIndex((x, other) => x !== second[other]);
    return at < 0 ? a - b : second[at]! - first[at]!;
  };
}
