import { canonicalJson, type Json } from './canonical.ts';
import { createDesign, MOST_DIMENSIONS } from './design.ts';
import type { Method, Options } from './suite.ts';
import type { Range, Search, Tuning, Values } from './tuning.ts';

/** One trial of a method: what it changes, and its name. */
export interface Trial {
  /** Such as "lambda 0.0316, rate × 2.05". */
  readonly setting: string;
  /** Options of the combiner. */
  readonly options: Options;
  /** Options of the task that replace those of the entry. */
  readonly task: Options;
  /** The factor on the task's learning rate. */
  readonly rate: number;
  /** Early stopping, as in the spec of a run. */
  readonly patience?: number;
}

/** A place that the design fills in. */
interface Dimension {
  readonly of: 'options' | 'task' | 'run';
  readonly name: string;
  readonly values: Values;
}

/**
 * The trials of a method. They depend on the method's own search and on the tuning alone: methods that search
 * the same ranges try the same values, in whatever order the suite has them.
 */
export function trialsOf(method: Method, search: Search, tuning: Tuning): readonly Trial[] {
  const all = dimensionsOf(search, tuning);
  if (all.length > MOST_DIMENSIONS) {
    throw new Error(
      `it tunes ${all.length} values, but a design has at most ${MOST_DIMENSIONS}. Tune fewer.`,
    );
  }
  const lambda = all.filter(({ of, name }) => of === 'options' && name === 'lambda');
  const design = createDesign(tuning.trials - 1, all.length, tuning.seeds[0]!);
  const alone = lambda.length === 0 ? 0 : Math.ceil(tuning.trials / 2) - 1;
  const points = design.map((point, index) => trialAt(method, index < alone ? lambda : all, point));
  const trials = [firstTrial(method, lambda.length > 0), ...points];
  // A search of lists alone may draw a setting twice.
  return [...new Map(trials.toReversed().map((trial) => [trial.setting, trial])).values()].reverse();
}

/** Lambda has the first dimension: the design fills it best. */
function dimensionsOf({ options = {}, task = {}, rate, patience }: Search, tuning: Tuning): Dimension[] {
  const of = (kind: 'options' | 'task', searched: Readonly<Record<string, Values>>): Dimension[] =>
    Object.keys(searched)
      .sort()
      .map((name) => ({ of: kind, name, values: searched[name]! }));
  const own = of('options', options);
  return [
    ...own.filter(({ name }) => name === 'lambda'),
    ...(rate === false ? [] : [{ of: 'run', name: 'rate', values: tuning.rate } as const]),
    ...own.filter(({ name }) => name !== 'lambda'),
    ...of('task', task),
    ...(patience ? [{ of: 'run', name: 'patience', values: patience } as const] : []),
  ];
}

function firstTrial({ options = {} }: Method, hasLambda: boolean): Trial {
  if (!hasLambda) return { setting: 'default', options, task: {}, rate: 1 };
  return { setting: 'lambda 0', options: { ...options, lambda: 0 }, task: {}, rate: 1 };
}

function trialAt({ options = {} }: Method, varied: readonly Dimension[], point: readonly number[]): Trial {
  const values = varied.map((dimension, index) => ({
    ...dimension,
    value: valueAt(dimension.values, point[index]!),
  }));
  const chosen = (kind: Dimension['of']) =>
    Object.fromEntries(
      values.flatMap(({ of, name, value }) => (of === kind && value !== null ? [[name, value]] : [])),
    );
  return {
    setting: values.map(nameOf).join(', '),
    options: { ...options, ...chosen('options') },
    task: chosen('task'),
    rate: 1,
    ...chosen('run'),
  };
}

function nameOf({ of, name, value }: Dimension & { readonly value: Json }): string {
  if (value === null) return `no ${name}`;
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return of === 'run' && name === 'rate' ? `rate × ${text}` : `${name} ${text}`;
}

/** The value at a place in [0, 1). */
function valueAt(values: Values, place: number): Json {
  if (!('from' in values)) return values[Math.floor(place * values.length)]!;
  return Number(numberAt(values, place).toPrecision(3));
}

function numberAt({ from, to, scale }: Range, place: number): number {
  return scale === 'linear' ? from + place * (to - from) : from * (to / from) ** place;
}
