import type { TaskDefinition } from '@scalpel/core';
import { suggestion } from '@scalpel/core/nearest';
import { inside } from './inside.ts';
import { optionsOf, planMethod } from './method.ts';
import { namesIn, same } from './names.ts';
import { type Plan, type PlannedEntry, runsOf } from './planned.ts';
import type { RunSpec } from './spec.ts';
import type { Suite, SuiteEntry, SuiteMap } from './suite.ts';
import type { Toolkit } from './toolkit.ts';
import { checkSeeds } from './tuning.ts';

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
    runs: runsOf(entries),
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

function planEntry(entry: SuiteEntry, toolkit: Toolkit, backend: RunSpec['backend']): PlannedEntry {
  const definition = toolkit.task(entry.task);
  checkAxes(entry, definition);
  const task = {
    id: definition.id,
    version: definition.version,
    options: optionsOf(`task "${definition.id}"`, definition, entry.options),
  };
  checkSeeds(entry.seeds, entry.tuning);
  if (entry.tuning && entry.price?.alone === undefined) {
    throw new Error(
      'an entry with `tuning` chooses settings for budgets, which count from the loss of main alone. Add a method that trains on the main objective alone, and name it in `price.alone`.',
    );
  }
  const methods = entry.methods.map((method) => planMethod(method, entry, { definition, toolkit, backend }));
  return {
    title: entry.title ?? definition.title,
    task,
    seeds: entry.seeds,
    axes: entry.axes,
    further: entry.further ?? [],
    rate: entry.rate ?? null,
    tuning: entry.tuning ?? null,
    expected: entry.expected ?? null,
    methods,
    price: entry.price ?? null,
    landscape: definition.landscape?.(task.options as never) ?? null,
  };
}

function checkAxes(
  { axes, further = [] }: SuiteEntry,
  { id, objectives, measures = [] }: TaskDefinition,
): void {
  const names = [...objectives, ...measures];
  for (const { objective } of [...axes, ...further]) {
    if (names.includes(objective)) continue;
    throw new Error(`task "${id}" has no objective "${objective}". ${suggestion(objective, names)}`);
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
      methods: entry.methods.filter(
        ({ label, combiner }) =>
          // Without main alone no setting could be chosen.
          anyMethod || chosen(label) || chosen(combiner) || (entry.tuning && entry.price?.alone === label),
      ),
    }))
    .filter(({ methods }) => methods.length > 0);
}
