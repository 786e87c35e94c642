import { checkMatrix } from '../numbers.ts';
import { SymmetricMatrix } from '../symmetric-matrix.ts';

/** The nonzero rows of a Gramian, scaled to length one. */
export interface UnitRows {
  /**
   * Their positions among the rows given. The order follows from the inner products alone, except for equal
   * rows.
   */
  readonly indices: readonly number[];
  /** Their lengths before the scaling. */
  readonly lengths: readonly number[];
  /**
   * Their inner products after the scaling. The diagonal is 1, and scaling a row does not change the others.
   */
  readonly cosines: SymmetricMatrix;
}

/**
 * The first `count` rows of the Gramian as unit rows. Solvers work on these, so that rows of very different
 * lengths lose no digits. Longer rows come first, whatever the order of the rows given. So rounding errors do
 * not depend on that order, even for badly conditioned rows. Throws for inner products that are not finite.
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
 * Sorts by length, longest first, then by the sorted inner products of each row. Rows that are equal in both
 * are interchangeable.
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
