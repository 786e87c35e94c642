/**
 * A power of two that is not smaller than any of these numbers, whatever their signs, and less than four
 * times the largest; 1 where all are 0. Divided by it, which is exact, they have sums and squares that
 * float64 holds.
 */
export function powerAbove(values: readonly number[]): number {
  const largest = Math.max(...values.map(Math.abs));
  return largest === 0 ? 1 : 2 ** Math.min(1023, Math.floor(Math.log2(largest)) + 1);
}

/** The vector at length one; zero where it is zero. */
export function normalized(vector: readonly number[]): number[] {
  const unit = powerAbove(vector);
  const scaled = vector.map((x) => x / unit);
  const length = Math.hypot(...scaled);
  return scaled.map((x) => (length === 0 ? 0 : x / length));
}
