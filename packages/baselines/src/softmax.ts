/** exp(xᵢ) / Σⱼ exp(xⱼ), finite for numbers of any size. */
export function softmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const parts = values.map((x) => Math.exp(x - largest));
  const total = parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part) => part / total);
}
