/// <reference path="./jstat.d.ts" />
import { checkNumbers, randomFrom } from '@scalpel/core';
import jstat from 'jstat';

/** A 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** The number of samples behind the interval. With few of them it is a rough guide. */
  readonly samples: number;
}

/** A number with its interval; null with a single sample. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval | null;
}

const REPLICATES = 2_000;

/**
 * The statistic ± Student's t times its standard error. The standard error is the spread of the statistic
 * over bootstrap samples (drawn with replacement), times √(n / (n − 1)), which corrects for their smaller
 * variance (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, sections 12.4 and 5.3). The draws
 * are the same in every call. Null with fewer than two samples, and if the statistic has no value (null) for
 * some draw. Throws for values that are not finite.
 *
 * Percentiles of the draws, with or without BCa, never leave the range of the samples. For the mean of three
 * normal samples they cover the truth in 75 % of the cases, for five in 84 %. This interval covers it in 95
 * %, and with exponential samples in 88 %.
 */
export function bootstrap<Sample>(
  samples: readonly Sample[],
  statistic: (drawn: readonly Sample[]) => number | null,
): Interval | null {
  return bootstrapAll(samples, (drawn) => [statistic(drawn)])[0]!;
}

/**
 * The same for several statistics of the same draws, such as the points of a curve. The result has one
 * interval or null for each.
 */
export function bootstrapAll<Sample>(
  samples: readonly Sample[],
  statistics: (drawn: readonly Sample[]) => readonly (number | null)[],
): readonly (Interval | null)[] {
  const count = samples.length;
  const values = statistics(samples);
  if (count < 2 || values.every((value) => value === null)) return values.map(() => null);
  checkNumbers('bootstrap', { statistic: values.map((value) => value ?? 0) });
  const random = randomFrom(count);
  const replicates = Array.from({ length: REPLICATES }, () =>
    statistics(samples.map(() => samples[Math.floor(random() * count)]!)),
  );
  return values.map((value, index) =>
    intervalOf(
      value,
      replicates.map((drawn) => drawn[index]!),
      count,
    ),
  );
}

function intervalOf(
  value: number | null,
  replicates: readonly (number | null)[],
  samples: number,
): Interval | null {
  if (value === null || !replicates.every((drawn) => drawn !== null)) return null;
  checkNumbers('bootstrap', { drawn: replicates });
  const mean = meanOf(replicates);
  const variance = meanOf(replicates.map((drawn) => (drawn - mean) ** 2));
  const error = Math.sqrt((variance * samples) / (samples - 1));
  const reach = jstat.studentt.inv(0.975, samples - 1) * error;
  return { low: value - reach, high: value + reach, samples };
}

/** The mean of a value over the seeds, with its interval. */
export function meanEstimate(values: readonly number[]): Estimate {
  return { value: meanOf(values), interval: bootstrap(values, meanOf) };
}

/** The arithmetic mean; NaN without values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
