import type { PlannedEntry, PlannedMethod, PlannedRun } from '../../plan/index.ts';
import {
  type Estimate,
  type Losses,
  meanEstimate,
  meanOf,
  type PairedDifference,
  pairedDifference,
} from '../../statistics/index.ts';
import type { Known } from '../score.ts';

/** The data on which settings are chosen and shown, as the names of metrics begin. */
export interface Data {
  readonly chosen: 'train' | 'validation';
  readonly shown: 'train' | 'test';
}

/** One setting of a method, with its results. */
export interface Trial {
  /** The method whose runs these are. */
  readonly method: string;
  readonly setting: string;
  /** The mean losses on the data that choose, the main one first. Null unless all of these runs finished. */
  readonly chosenBy: Losses | null;
  readonly shown: Shown;
}

/** The runs that show what a setting is worth. */
export interface Shown {
  /** The losses of each seed, the main one first. Null unless all runs finished. */
  readonly seeds: readonly Losses[] | null;
  readonly runs: number;
  /** The runs that diverged or failed. */
  readonly failed: number;
  /** The runs that have not ended. */
  readonly missing: number;
  /** The mean of the metric `distance`; null if a run lacks it. */
  readonly distance: number | null;
  /** The means of the accuracies on the data that are shown, by their names; those that all runs have. */
  readonly accuracies: Readonly<Record<string, number>>;
}

/** A trial that can be chosen. */
export type Candidate = Trial & { readonly chosenBy: Losses };

export function candidatesOf(trials: readonly Trial[]): readonly Candidate[] {
  return trials.filter((trial): trial is Candidate => trial.chosenBy !== null);
}

/**
 * Settings are chosen on validation data and shown on test data where every run has them. Test data never
 * choose: without validation data the training data do.
 */
export function dataOf({ methods }: PlannedEntry, names: readonly string[], known: Known): Data {
  const finished = methods
    .flatMap(({ points }) => points.flatMap(({ runs, tuning = [] }) => [...tuning, ...runs]))
    .map((run) => metricsOf(run, known))
    .filter((metrics) => metrics !== null);
  const has = (split: string) =>
    finished.length > 0 &&
    finished.every((metrics) => names.every((name) => metrics[`${split}/${name}`] !== undefined));
  return { chosen: has('validation') ? 'validation' : 'train', shown: has('test') ? 'test' : 'train' };
}

/** The settings of a method. */
export function trialsOf(
  { label, points }: PlannedMethod,
  { axes, further, seeds }: PlannedEntry,
  data: Data,
  known: Known,
): readonly Trial[] {
  const names = [...axes, ...further].map(({ objective }) => objective);
  return points.map(({ setting, runs, tuning = runs }) => {
    const choosing = lossesOf(tuning, data.chosen, names, known);
    const distances = runs.flatMap((run) => metricsOf(run, known)?.distance ?? []);
    const ended = runs.filter(({ key }) => known.has(key));
    return {
      method: label,
      setting,
      chosenBy: choosing && meansOf(choosing),
      shown: {
        seeds: lossesOf(runs, data.shown, names, known),
        runs: seeds.length,
        failed: ended.filter((run) => !metricsOf(run, known)).length,
        missing: seeds.length - ended.length,
        distance: distances.length === seeds.length ? meanOf(distances) : null,
        accuracies: accuraciesOf(runs, data.shown, known),
      },
    };
  });
}

/** The means of `test/accuracy` and `test/digit-accuracy`, say, as "accuracy" and "digit-accuracy". */
function accuraciesOf(runs: readonly PlannedRun[], split: string, known: Known): Record<string, number> {
  const all = runs.map((run) => metricsOf(run, known) ?? {});
  const names = Object.keys(all[0] ?? {}).filter(
    (name) => name.startsWith(`${split}/`) && name.endsWith('accuracy'),
  );
  return Object.fromEntries(
    names
      .filter((name) => all.every((metrics) => metrics[name] !== undefined))
      .map((name) => [name.slice(split.length + 1), meanOf(inOrder(all.map((metrics) => metrics[name]!)))]),
  );
}

/** The mean of each loss over the seeds, whatever their order. */
export function meansOf(seeds: readonly Losses[]): Losses {
  return seeds[0]!.map((_, objective) => meanOf(inOrder(seeds.map((losses) => losses[objective]!))));
}

/** The mean of each seed's value with its interval, whatever the order of the seeds. */
export function estimateOf(values: readonly number[]): Estimate {
  return meanEstimate(inOrder(values));
}

/** The same for differences, with their test. */
export function differenceOf(differences: readonly number[]): PairedDifference {
  return pairedDifference(inOrder(differences));
}

/** The draws of a bootstrap and the rounding of a sum depend on the order of the values. */
function inOrder(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function lossesOf(
  runs: readonly PlannedRun[],
  split: string,
  names: readonly string[],
  known: Known,
): readonly Losses[] | null {
  const found = runs.flatMap((run) => {
    const metrics = metricsOf(run, known);
    return metrics ? [names.map((name) => metrics[`${split}/${name}`]!)] : [];
  });
  return runs.length > 0 && found.length === runs.length ? found : null;
}

function metricsOf({ key }: PlannedRun, known: Known): Readonly<Record<string, number>> | null {
  const outcome = known.get(key)?.outcome;
  return outcome?.state === 'finished' ? outcome.metrics : null;
}
