import type { Landscape } from '@scalpel/core';
import type { RunSpec } from './spec.ts';
import type { Axis, PriceRule, SuiteEntry, SuiteMap } from './suite.ts';
import type { Tuning } from './tuning.ts';

/** A suite with checked names and options, and all its runs in order. */
export interface Plan {
  readonly suite: { readonly id: string; readonly title: string; readonly summary: string };
  readonly backend: RunSpec['backend'];
  readonly entries: readonly PlannedEntry[];
  readonly runs: readonly PlannedRun[];
  readonly maps: readonly SuiteMap[];
}

/** One task of a plan, with its methods. */
export interface PlannedEntry {
  readonly title: string;
  readonly task: RunSpec['task'];
  readonly seeds: readonly number[];
  readonly axes: readonly [Axis, Axis];
  readonly further: NonNullable<SuiteEntry['further']>;
  /** The rule for a factor on the task's learning rate; null without one. */
  readonly rate: SuiteEntry['rate'] | null;
  /** The search for settings; null without one. */
  readonly tuning: Tuning | null;
  /** What the suite says that it expects, written before the runs; null if it says nothing. */
  readonly expected: string | null;
  readonly methods: readonly PlannedMethod[];
  /** How the board finds its prices; null for objectives of equal rank. */
  readonly price: PriceRule | null;
  /** The map of the task's losses; null for tasks without one. */
  readonly landscape: Landscape | null;
}

/** A method of an entry, at all values of its swept option. */
export interface PlannedMethod {
  readonly label: string;
  /** The id of the combiner. */
  readonly combiner: string;
  readonly points: readonly PlannedPoint[];
}

/** A method at one value of its swept option. */
export interface PlannedPoint {
  /** The name of the setting, such as "lambda 0.1"; empty without a sweep. */
  readonly setting: string;
  /**
   * The runs, in the order of the entry's seeds. Of a method that is tuned: empty until the setting is chosen,
   * see `planChosen`.
   */
  readonly runs: readonly PlannedRun[];
  /** The runs that choose settings, on seeds of their own. Absent: the runs choose, and are also shown. */
  readonly tuning?: readonly PlannedRun[];
}

/** One run of a plan. */
export interface PlannedRun {
  /** The hash of the spec. */
  readonly key: string;
  readonly spec: RunSpec;
  /** The name that people read: task, method, setting, seed. */
  readonly name: string;
}

/**
 * Trials come first. Runs of the first seed come before others, for all methods, so that early results can be
 * compared.
 */
function inOrder({ methods, seeds, tuning }: PlannedEntry): PlannedRun[] {
  const points = methods.flatMap((method) => method.points);
  const trials = (tuning?.seeds ?? []).flatMap((_, index) =>
    points.flatMap((point) => point.tuning?.[index] ?? []),
  );
  // A method and its twin with mean weights have the same trials.
  return [
    ...new Set(trials),
    ...seeds.flatMap((_, index) => points.flatMap(({ runs }) => runs[index] ?? [])),
  ];
}

/** All runs of the entries, in their order. */
export function runsOf(entries: readonly PlannedEntry[]): readonly PlannedRun[] {
  return distinct(entries.flatMap(inOrder));
}

/** Removes repeated runs: two labels may stand for one spec, which then runs once. */
function distinct(runs: readonly PlannedRun[]): PlannedRun[] {
  return [...new Map(runs.toReversed().map((run) => [run.key, run])).values()].reverse();
}
