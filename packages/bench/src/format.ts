/** Four significant digits, as a person writes them: 0.01424, 13060, 1.2e-7. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4)
    return value
      .toExponential(3)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return String(Number(size >= 1e4 ? value.toFixed(0) : value.toPrecision(4)));
}

export function formatShare(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Such as "0–2" or "0, 3, 5". */
export function formatSeeds(seeds: readonly number[]): string {
  const sorted = seeds.toSorted((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const isRange = sorted.length > 2 && last - first === sorted.length - 1;
  return isRange ? `${first}–${last}` : sorted.join(', ');
}
