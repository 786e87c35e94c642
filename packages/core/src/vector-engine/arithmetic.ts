import { SymmetricMatrix } from '../symmetric-matrix.ts';

/** x times the weight of its objective. Throws if the product is infinite. */
export function weighted(x: number, weight: number): number {
  const product = x * weight;
  if (Number.isFinite(product)) return product;
  throw new Error(`${x} times the weight ${weight} of its objective is infinite. Scale them down.`);
}

/**
 * Σ aᵢ bᵢ, with the rounding errors of the sum added at the end: Ogita, Rump, Oishi, "Accurate Sum and Dot
 * Product", SIAM J. Sci. Comput. 26, 2005.
 */
export function innerProduct(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  let errors = 0;
  for (let entry = 0; entry < a.length; entry++) {
    const term = a[entry]! * b[entry]!;
    const next = sum + term;
    const part = next - sum;
    errors += sum - (next - part) + (term - part);
    sum = next;
  }
  // If the sum is infinite, the errors are NaN.
  return Number.isFinite(sum) ? sum + errors : sum;
}

/** Squared distances between rows, computed from the differences themselves. */
export function squaredDistances(rows: readonly (readonly number[])[]): SymmetricMatrix {
  return SymmetricMatrix.from(rows.length, (i, j) =>
    rows[i]!.reduce((sum, x, entry) => sum + (x - rows[j]![entry]!) ** 2, 0),
  );
}
