import { type CombinerDefinition, checkOptions, type Landscape, type TaskDefinition } from '@scalpel/core';
import { suggestion } from '@scalpel/core/nearest';
import { canonicalJson, hashOf, type Json } from './canonical.ts';
import { namesIn, same } from './names.ts';
import type { RunSpec } from './spec.ts';
import type { Axis, Method, PriceRule, Suite, SuiteEntry, SuiteMap } from './suite.ts';
import type { Toolkit } from './toolkit.ts';

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
  /** The seeds of the runs that choose settings. Absent: `seeds`. */
  readonly tuningSeeds?: readonly number[];
  readonly axes: readonly [Axis, Axis];
  readonly further: NonNullable<SuiteEntry['further']>;
  /** The rule for a factor on the task's learning rate; null without one. */
  readonly rate: SuiteEntry['rate'] | null;
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
  /** The runs, in the order of the entry's seeds. */
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

/** Options of `planSuite`. */
export interface PlanOptions {
  /** The id of the backend for the runs. */
  readonly backend: string;
  /** Seeds that replace those of the suite. */
  readonly seeds?: readonly number[] | undefined;
  /** Plans the runs at full size, as the suite defines it. */
  readonly full?: boolean | undefined;
  /**
   * Keeps only these tasks (by id) and methods (by label, or by the id of the combiner). One text may hold
   * several, separated by commas. Empty: keeps all.
   */
  readonly only?: readonly string[] | undefined;
}

/**
 * Checks a suite and plans its runs. Throws if the suite names a task or combiner that is not loaded, or has
 * options that are refused. Nothing has run by then.
 */
export function planSuite(suite: Suite, toolkit: Toolkit, options: PlanOptions): Plan {
  const { id, version } = toolkit.backend(options.backend);
  const sized = options.full ? atFullSize(suite) : suite;
  const entries = select(sized, options.only ?? []).map((entry) => {
    return inside(`Suite "${suite.id}"`, () =>
      planEntry({ ...entry, seeds: options.seeds ?? entry.seeds }, toolkit, { id, version }),
    );
  });
  const { maps = [] } = suite;
  for (const map of maps) inside(`Suite "${suite.id}", map of ${map.method}`, () => checkMap(map, entries));
  return {
    suite: { id: suite.id, title: suite.title, summary: suite.summary },
    backend: { id, version },
    entries,
    runs: distinct(entries.flatMap(inOrder)),
    maps,
  };
}

/** Checks a map against the entries that have its method. */
function checkMap({ method, across, up, objective }: SuiteMap, entries: readonly PlannedEntry[]): void {
  for (const { task, axes, methods } of entries) {
    const points = methods.find(({ label }) => label === method)?.points ?? [];
    for (const { runs } of points) {
      const owners = { [across]: task, [up]: runs[0]!.spec.combiner };
      for (const [option, { id, options }] of Object.entries(owners)) {
        const value = (options as Record<string, unknown>)[option];
        if (typeof value === 'number' && value > 0) continue;
        throw new Error(
          `option ${option} of ${id} is ${JSON.stringify(value)}, but must be a positive number.`,
        );
      }
      if (axes.every((axis) => axis.objective !== objective)) {
        throw new Error(`${objective} is not one of the axes of task "${task.id}".`);
      }
    }
  }
}

/** Runs of the first seed come first, for all methods, so that early results can be compared. */
function inOrder({ seeds, methods }: PlannedEntry): PlannedRun[] {
  const points = methods.flatMap((method) => method.points);
  return seeds.flatMap((_, index) => points.map(({ runs }) => runs[index]!));
}

/** Removes repeated runs: two labels may stand for one spec, which then runs once. */
function distinct(runs: readonly PlannedRun[]): PlannedRun[] {
  return [...new Map(runs.toReversed().map((run) => [run.key, run])).values()].reverse();
}

function planEntry(entry: SuiteEntry, toolkit: Toolkit, backend: RunSpec['backend']): PlannedEntry {
  const definition = toolkit.task(entry.task);
  checkAxes(entry, definition);
  const task = {
    id: definition.id,
    version: definition.version,
    options: parsed(`task "${definition.id}"`, definition, entry.options),
  };
  const methods = entry.methods.map((method) => {
    const combiner = inside(`method "${method.label}"`, () => toolkit.combiner(method.combiner));
    const points = settingsOf(method).map(({ setting, options }) => {
      const runs = entry.seeds.map((seed): PlannedRun => {
        const checked = parsed(`method "${method.label}" (combiner "${combiner.id}")`, combiner, options);
        const rate = entry.rate ? 1 / (1 + lambdaOf(checked)) : 1;
        const spec: RunSpec = {
          task,
          combiner: { id: combiner.id, version: combiner.version, options: withoutLater(combiner, checked) },
          backend,
          seed,
          ...(rate !== 1 && { rate }),
        };
        const name = [definition.id, method.label, setting, `seed ${seed}`].filter(Boolean).join(', ');
        return { key: hashOf(spec), spec, name };
      });
      return { setting, runs };
    });
    return { label: method.label, combiner: combiner.id, points };
  });
  return {
    title: entry.title ?? definition.title,
    task,
    seeds: entry.seeds,
    axes: entry.axes,
    further: entry.further ?? [],
    rate: entry.rate ?? null,
    methods,
    price: entry.price ?? null,
    landscape: definition.landscape?.(task.options as never) ?? null,
  };
}

/** The sum of lambda over all lesser levels; 0 for a method without lambda. */
function lambdaOf(options: Json): number {
  const { lambda = 0 } = options as { readonly lambda?: number | readonly number[] | null };
  return [lambda ?? 0].flat().reduce((sum, own) => sum + own, 0);
}

function settingsOf({ options = {}, sweep }: Method) {
  const [swept] = Object.entries(sweep ?? {});
  if (!swept) return [{ setting: '', options }];
  const [name, values] = swept;
  return values.map((value) => ({
    setting: `${name} ${typeof value === 'string' ? value : canonicalJson(value)}`,
    options: { ...options, [name]: value },
  }));
}

function parsed(owner: string, definition: CombinerDefinition | TaskDefinition, options: unknown): Json {
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

function checkAxes({ axes, further = [] }: SuiteEntry, { id, objectives }: TaskDefinition): void {
  for (const { objective } of [...axes, ...further]) {
    if (objectives.includes(objective)) continue;
    throw new Error(`task "${id}" has no objective "${objective}". ${suggestion(objective, objectives)}`);
  }
}

function atFullSize(suite: Suite): Suite {
  if (suite.entries.every(({ full }) => full === undefined)) {
    throw new Error(`Suite "${suite.id}" has no full size. Run it without --full.`);
  }
  const entries = suite.entries.map(({ full = {}, ...entry }) => ({
    ...entry,
    ...full,
    options: { ...entry.options, ...full.options },
  }));
  return { ...suite, entries };
}

function select(suite: Suite, only: readonly string[]): readonly SuiteEntry[] {
  if (only.length === 0) return suite.entries;
  const tasks = suite.entries.map(({ task }) => task);
  const methods = suite.entries.flatMap((entry) =>
    entry.methods.flatMap(({ label, combiner }) => [label, combiner]),
  );
  const known = [...new Set([...tasks, ...methods])];
  const wanted = only.flatMap((text) => namesIn(text, known));
  const unknown = wanted.find((name) => !known.some((candidate) => same(candidate, name)));
  if (unknown !== undefined) {
    throw new Error(`Suite "${suite.id}" has no task or method "${unknown}". ${suggestion(unknown, known)}`);
  }
  const chosen = (name: string) => wanted.some((candidate) => same(candidate, name));
  const anyTask = !tasks.some(chosen);
  const anyMethod = !methods.some(chosen);
  return suite.entries
    .filter(({ task }) => anyTask || chosen(task))
    .map((entry) => ({
      ...entry,
      methods: entry.methods.filter(({ label, combiner }) => anyMethod || chosen(label) || chosen(combiner)),
    }))
    .filter(({ methods }) => methods.length > 0);
}

function inside<Result>(where: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new Error(`${where}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
