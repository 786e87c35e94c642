import type { PlannedMethod } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import type { Known } from './score.ts';

/**
 * The cost of a method: medians over its finished runs. Times are only a rough guide, since runs share the
 * machine.
 */
export interface Cost {
  /** Seconds of training for each run. */
  readonly seconds: number;
  /** Milliseconds for each step. Null if a record is older than this measurement. */
  readonly milliseconds: number | null;
  /** The most bytes that tensors held at once. Null if a record is older than this measurement. */
  readonly peakBytes: number | null;
}

/** The median cost of the finished runs of a method; null without any. */
export function costOf({ points }: PlannedMethod, known: Known): Cost | null {
  const records = points
    .flatMap(({ runs }) => runs)
    .flatMap(({ key }): RunRecord[] => {
      const record = known.get(key);
      return record?.outcome.state === 'finished' ? [record] : [];
    });
  if (records.length === 0) return null;
  return {
    seconds: median(records.map(({ seconds }) => seconds)),
    milliseconds: medianOfAll(
      records.map(({ seconds, cost }) => (cost ? (1000 * seconds) / cost.steps : null)),
    ),
    peakBytes: medianOfAll(records.map(({ cost }) => cost?.peakBytes ?? null)),
  };
}

function medianOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? median(known) : null;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
