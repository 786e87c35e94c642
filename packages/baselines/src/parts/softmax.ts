/** exp(xᵢ / t) / Σⱼ exp(xⱼ / t) for a temperature t > 0. The result is finite for numbers of any size. */
export function softmax(values: readonly number[], temperature = 1): number[] {
  // An infinite value stands for one that is too large for float64.
  const finite = values.map((x) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, x)));
  const largest = Math.max(...finite);
  // The difference comes first: the quotients may be infinite where it is finite.
  const parts = finite.map((x) => (x === largest ? 1 : Math.exp((x - largest) / temperature)));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}
