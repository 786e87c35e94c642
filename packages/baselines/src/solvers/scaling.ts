/**
 * Powers of two that bring the entries of a matrix with `width` columns to about 1. Each row is divided by
 * about the geometric mean of its nonzero entries, and then each column.
 */
export function scalesOf(
  matrix: readonly (readonly number[])[],
  width: number,
): { readonly rows: readonly number[]; readonly columns: readonly number[] } {
  const rows = matrix.map((row) => scaleOf(row));
  const columns = Array.from({ length: width }, (_, column) =>
    scaleOf(matrix.map((row, index) => row[column]! * rows[index]!)),
  );
  return { rows, columns };
}

function scaleOf(entries: readonly number[]): number {
  const logarithms = entries.filter((entry) => entry !== 0).map((entry) => Math.log2(Math.abs(entry)));
  const mean = logarithms.reduce((sum, x) => sum + x, 0) / Math.max(1, logarithms.length);
  return 2 ** -Math.round(mean);
}
