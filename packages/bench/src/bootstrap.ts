import { randomFrom } from '@scalpel/core';

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Number of samples that were drawn from: with few of them it is a rough guide. */
  readonly samples: number;
}

const REPLICATES = 2_000;

/**
 * Percentile bootstrap (Efron 1979): the 2.5 % and 97.5 % quantiles of a statistic of samples drawn with replacement. The draws are the same every time. Null with
 * fewer than two samples, which say nothing about spread.
 */
export function bootstrap<Sample>(
  samples: readonly Sample[],
  statistic: (drawn: readonly Sample[]) => number,
): Interval | null {
  if (samples.length < 2) return null;
  const random = randomFrom(samples.length);
  const values = Array.from({ length: REPLICATES }, () =>
    statistic(samples.map(() => samples[Math.floor(random() * samples.length)]!)),
  ).sort((a, b) => a - b);
  return { low: quantile(values, 0.025), high: quantile(values, 0.975), samples: samples.length };
}

/** Linear between order statistics (type 7 of Hyndman and Fan, 1996). */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.ceil(place);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}
