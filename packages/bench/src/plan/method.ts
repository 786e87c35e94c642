import { type CombinerDefinition, checkOptions, type TaskDefinition } from '@scalpel/core';
import { canonicalJson, hashOf, type Json } from './canonical.ts';
import { inside } from './inside.ts';
import type { PlannedMethod, PlannedRun } from './planned.ts';
import type { RunSpec } from './spec.ts';
import type { Method, SuiteEntry } from './suite.ts';
import type { Toolkit } from './toolkit.ts';
import { type Trial, trialsOf } from './trials.ts';

/** What the methods of an entry have in common. */
interface Common {
  readonly definition: TaskDefinition;
  readonly toolkit: Toolkit;
  readonly backend: RunSpec['backend'];
}

/** Plans a method: its settings on the reported seeds, or its trials if it is tuned. */
export function planMethod(method: Method, entry: SuiteEntry, common: Common): PlannedMethod {
  const { label, tune } = method;
  const combiner = inside(`method "${label}"`, () => common.toolkit.combiner(method.combiner));
  const runsOf = (trial: Trial, seeds: readonly number[], words: string) =>
    seeds.map((seed): PlannedRun => {
      const spec = { ...specOf(trial, { label, combiner, entry }, common), seed };
      return {
        key: hashOf(spec),
        spec,
        name: nameOf([entry.task, label, trial.setting, `${words} ${seed}`]),
      };
    });
  const planned = { label, combiner: combiner.id };
  if (tune === undefined) {
    const points = settingsOf(method).map((trial) => ({
      setting: trial.setting,
      runs: runsOf(trial, entry.seeds, 'seed'),
    }));
    return { ...planned, points };
  }
  const { tuning } = entry;
  if (tuning === undefined) {
    throw new Error(`method "${label}" says what to tune, but the entry has no \`tuning\`. Give it one.`);
  }
  const trials = inside(`method "${label}"`, () => trialsOf(method, tune, tuning));
  const points = trials.map((trial) => ({
    setting: trial.setting,
    runs: [],
    tuning: runsOf(trial, tuning.seeds, 'tuning seed'),
  }));
  return { ...planned, points };
}

/** The name of a run, of those parts that are not empty. */
export function nameOf(parts: readonly string[]): string {
  return parts.filter(Boolean).join(', ');
}

function specOf(
  trial: Trial,
  {
    label,
    combiner,
    entry,
  }: { readonly label: string; readonly combiner: CombinerDefinition; readonly entry: SuiteEntry },
  { definition, backend }: Common,
): Omit<RunSpec, 'seed'> {
  const options = optionsOf(`method "${label}" (combiner "${combiner.id}")`, combiner, trial.options);
  const ofTask = { ...entry.options, ...trial.task };
  const rate = trial.rate * (entry.rate ? 1 / (1 + lambdaOf(options)) : 1);
  return {
    task: {
      id: definition.id,
      version: definition.version,
      options: optionsOf(`method "${label}" (task "${definition.id}")`, definition, ofTask),
    },
    combiner: { id: combiner.id, version: combiner.version, options: withoutLater(combiner, options) },
    backend,
    ...(rate !== 1 && { rate }),
    ...(trial.patience !== undefined && { patience: trial.patience }),
    ...(entry.expected !== undefined && { expected: hashOf(entry.expected) }),
  };
}

/** The sum of lambda over all lesser levels; 0 for a method without lambda. */
function lambdaOf(options: Json): number {
  const { lambda = 0 } = options as { readonly lambda?: number | readonly number[] | null };
  return [lambda ?? 0].flat().reduce((sum, own) => sum + own, 0);
}

/** The settings of a method that is not tuned: each value of its sweep at each of the rates. */
function settingsOf({ options = {}, sweep, rates }: Method): readonly Trial[] {
  const swept = Object.entries(sweep ?? {}).flatMap(([name, values]) =>
    values.map((value) => ({
      words: `${name} ${typeof value === 'string' ? value : canonicalJson(value)}`,
      own: { [name]: value },
    })),
  );
  return (swept.length > 0 ? swept : [{ words: '', own: {} }]).flatMap(({ words, own }) =>
    (rates ?? [1]).map((rate) => ({
      setting: nameOf([words, rates ? `rate × ${rate}` : '']),
      options: { ...options, ...own },
      task: {},
      rate,
    })),
  );
}

/** Options that have passed the schema, with defaults filled in. */
export function optionsOf(
  owner: string,
  definition: CombinerDefinition | TaskDefinition,
  options: unknown,
): Json {
  const value = checkOptions(owner, definition.options, options);
  return JSON.parse(canonicalJson(value, `${owner}: options`));
}

/** Options without those that are at a later default, which a key leaves out. */
function withoutLater({ laterDefaults = {} }: CombinerDefinition, options: Json): Json {
  const isLater = (name: string, value: Json) =>
    Object.hasOwn(laterDefaults, name) && canonicalJson(value) === canonicalJson(laterDefaults[name]);
  return Object.fromEntries(
    Object.entries(options as Readonly<Record<string, Json>>).filter((entry) => !isLater(...entry)),
  );
}
