import type { Estimate } from './bootstrap.ts';

/** Four significant digits, as a person writes them: 0.01424, 13060, 1.2e-7. */
export function formatNumber(value: number): string {
  return formatDigits(value, 4);
}

/** The same with as many significant digits as given. */
export function formatDigits(value: number, digits: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4)
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return String(Number(size >= 10 ** digits ? value.toFixed(0) : value.toPrecision(digits)));
}

/** A value ± half of its interval, which is symmetric: "0.1203 ± 0.0034". `signed`: a difference, whose plus is written too. */
export function formatEstimate({ value, interval }: Estimate, signed = false): string {
  const text = `${signed && value > 0 ? '+' : ''}${formatNumber(value)}`;
  return interval ? `${text} ± ${formatDigits((interval.high - interval.low) / 2, 2)}` : text;
}

/** Two significant digits: 0.03, 0.0012. */
export function formatProbability(value: number): string {
  return formatDigits(value, 2);
}

export function formatShare(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** In millions of bytes. */
export function formatBytes(bytes: number): string {
  return `${formatDigits(bytes / 1e6, 3)} MB`;
}

/** Such as "0–2" or "0, 3, 5". */
export function formatSeeds(seeds: readonly number[]): string {
  const sorted = seeds.toSorted((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const isRange = sorted.length > 2 && last - first === sorted.length - 1;
  return isRange ? `${first}–${last}` : sorted.join(', ');
}
