/** exp(xᵢ / t) / Σⱼ exp(xⱼ / t) for t > 0, finite for numbers of any size. */
export function softmax(values: readonly number[], temperature = 1): number[] {
  // An infinite value is one that is too large for float64.
  const finite = values.map((x) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, x)));
  const largest = Math.max(...finite);
  // The difference first: it may be told where the quotients are infinite.
  const parts = finite.map((x) => (x === largest ? 1 : Math.exp((x - largest) / temperature)));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}
