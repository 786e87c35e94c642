/**
 * A power of two p, at most 2¹⁰²³, with m <= p < 4 m below that limit, where m is the largest magnitude of the
 * numbers. It is 1 if all numbers are 0. The division by it is exact, and afterwards sums and squares stay
 * within float64.
 */
export function powerAbove(values: readonly number[]): number {
  const largest = Math.max(...values.map(Math.abs));
  return largest === 0 ? 1 : 2 ** Math.min(1023, Math.floor(Math.log2(largest)) + 1);
}

/** The vector scaled to length one. The zero vector stays zero. */
export function normalized(vector: readonly number[]): number[] {
  const unit = powerAbove(vector);
  const scaled = vector.map((x) => x / unit);
  const length = Math.hypot(...scaled);
  return scaled.map((x) => (length === 0 ? 0 : x / length));
}
