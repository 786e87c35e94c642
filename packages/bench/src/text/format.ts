import type { Estimate, Interval } from '../statistics/index.ts';

/** Four significant digits, as a person writes them: 0.01424, 13060, 1.2e-7. */
export function formatNumber(value: number): string {
  return formatDigits(value, 4);
}

/** The same with `digits` significant digits. */
export function formatDigits(value: number, digits: number): string {
  if (value === 0) return '0';
  if (hasExponent(value))
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  return String(Number(value.toPrecision(Math.max(digits, wholeDigits(value)))));
}

/** True if a number is too large or too small to be written in full. */
function hasExponent(value: number): boolean {
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-4;
}

/** The number of digits before the point; 0 or less if the first digit is behind it. */
function wholeDigits(value: number): number {
  return Math.floor(Math.log10(Math.abs(value))) + 1;
}

/** Rounds all numbers to the second digit of `width`, and gives them the same exponent if they need one. */
function formatAlike(values: readonly number[], width: number): string[] {
  const largest = Math.max(...values.map(Math.abs));
  // So small a width is only a rounding error.
  if (width <= 1e-6 * largest) return values.map(formatNumber);
  const exponent = hasExponent(largest) ? wholeDigits(largest) - 1 : 0;
  const place = wholeDigits(width) - 2;
  return values.map((value) => {
    const rounded = Math.round(value / 10 ** place) * 10 ** place;
    const text = (rounded / 10 ** exponent).toFixed(Math.max(0, exponent - place));
    return exponent === 0 || rounded === 0 ? text : `${text}e${exponent}`;
  });
}

/** So narrow an interval comes from the rounding of sums. */
const ROUNDING = 1e-9;

/**
 * A value ± half of its symmetric interval, with two digits of the half: "0.1203 ± 0.0034". `signed` adds a
 * plus, for differences.
 */
export function formatEstimate({ value, interval }: Estimate, signed = false): string {
  const sign = signed && value > 0 ? '+' : '';
  if (!interval) return sign + formatNumber(value);
  const width = (interval.high - interval.low) / 2;
  const half = width <= ROUNDING * Math.abs(value) ? 0 : width;
  return sign + formatAlike([value, half], half).join(' ± ');
}

/**
 * An interval such as "2.02e7 … 2.86e7". Null for the interval from 0 to 0, which tells nothing: the
 * statistic is 0 in every draw.
 */
export function formatInterval({ low, high }: Interval): string | null {
  if (low === 0 && high === 0) return null;
  return formatAlike([low, high], (high - low) / 2).join(' … ');
}

/** Two significant digits: 0.03, 0.0012. */
export function formatProbability(value: number): string {
  return formatDigits(value, 2);
}

/** A share in whole percent: 0.256 becomes "26 %". */
export function formatShare(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** A change in percent, with its sign: 0.05 becomes "+5 %", and an estimate "+5.0 ± 1.2 %". */
export function formatChange(change: number | Estimate): string {
  const { value, interval } = typeof change === 'number' ? { value: change, interval: null } : change;
  const scaled = interval && { ...interval, low: 100 * interval.low, high: 100 * interval.high };
  // Without the rounding of sums: 7 and not 7.000000000000001 %.
  const percent = Math.round(1e14 * value) / 1e12;
  return `${formatEstimate({ value: percent, interval: scaled }, true)} %`;
}

/** A size in millions of bytes. */
export function formatBytes(bytes: number): string {
  return `${formatDigits(bytes / 1e6, 3)} MB`;
}

/** A list of seeds such as "0–2" or "0, 3, 5". */
export function formatSeeds(seeds: readonly number[]): string {
  const sorted = seeds.toSorted((a, b) => a - b);
  const [first, last] = [sorted[0]!, sorted.at(-1)!];
  const isRange = sorted.length > 2 && last - first === sorted.length - 1;
  return isRange ? `${first}–${last}` : sorted.join(', ');
}
