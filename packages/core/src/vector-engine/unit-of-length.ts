/*
 * The unit of length in which the float64 engine shows rows to a combiner. Squares of numbers beyond 2^±512
 * leave the range of float64. So all rows of such a step are divided by one power of two, which is exact.
 */

/**
 * If the largest elements of rows are within 2^±SAFE, float64 can hold their squares, and sums and products
 * of some of these.
 */
const SAFE = 400;

/**
 * 1 if that is safe, otherwise the power of two in the middle of the rows' lengths. A remembered row that is
 * too short beside the longest row becomes zero. If one of the first rows, the `gradients`, is too short, it
 * is refused.
 */
export function unitOf(rows: readonly (readonly number[])[], gradients: number): number {
  const exponents = rows.map(exponentOf);
  const most = Math.max(...exponents);
  if (most === Number.NEGATIVE_INFINITY) return 1;
  const isShort = (exponent: number) => exponent < most - 2 * SAFE;
  const short = exponents.findIndex(
    (exponent, row) => row < gradients && Number.isFinite(exponent) && isShort(exponent),
  );
  if (short >= 0) {
    throw new Error(
      `The rows differ too much in length for float64 to hold their inner products: the largest element of one is 2^${exponents[short]}, ` +
        `of another 2^${most}. Scale the gradients to within 2^${2 * SAFE} of each other.`,
    );
  }
  const least = Math.min(...exponents.filter((exponent) => !isShort(exponent)));
  return most <= SAFE && least >= -SAFE ? 1 : 2 ** Math.round((most + least) / 2);
}

/** The exponent of the largest element; −∞ for a row of zeros. */
function exponentOf(row: readonly number[]): number {
  return Math.floor(Math.log2(row.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0)));
}
