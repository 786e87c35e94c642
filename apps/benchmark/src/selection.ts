import type { Toolkit } from '@scalpel/bench';
import { type Plan, planSuite, type Suite } from '@scalpel/bench';
import type { WorkerEntry } from '@scalpel/bench/sweep';
import { UsageError } from './errors.ts';
import { printError } from './output.ts';
import { loadForRuns, pluginFlag } from './plugins.ts';
import { programOf } from './programs.ts';
import { parseSeeds } from './seeds.ts';
import { checkStore, storeFlag } from './store.ts';
import { loadSuite } from './suites.ts';

/** The arguments of every command about the runs of a suite. */
export interface Selection {
  readonly suite: string;
  readonly backend: string;
  readonly store: string;
  readonly seeds?: string | undefined;
  readonly full?: boolean | undefined;
  readonly only?: readonly string[] | undefined;
  readonly plugin: readonly string[];
}

interface Text {
  readonly type: 'string';
  readonly valueHint: string;
  readonly description: string;
}

export const selectionArguments: {
  readonly suite: { readonly type: 'positional'; readonly required: true; readonly description: string };
  readonly backend: Text & { readonly default: string };
  readonly seeds: Text;
  readonly only: Text;
  readonly full: { readonly type: 'boolean'; readonly description: string };
} & typeof storeFlag &
  typeof pluginFlag = {
  suite: {
    type: 'positional',
    required: true,
    description: 'A name under benchmarks/suites/, or the path of a module',
  },
  backend: {
    type: 'string',
    default: 'wasm',
    valueHint: 'id',
    description: 'What computes: see scalpel list backends; auto takes the best that works here',
  },
  seeds: {
    type: 'string',
    valueHint: 'n',
    description: "How many (5: seeds 0 to 4) or which (3,7), instead of the suite's own",
  },
  only: {
    type: 'string',
    valueHint: 'names',
    description: 'Only these tasks and methods: ids or labels, separated by commas. May be repeated',
  },
  full: { type: 'boolean', description: 'At full size, where the suite has one: may take days' },
  ...storeFlag,
  ...pluginFlag,
};

export const workersArgument: { readonly workers: Text } = {
  workers: { type: 'string', valueHint: 'n', description: 'Number of processes; default: one per core' },
};

/** Reads the number of workers. Undefined stays undefined and stands for one worker for each core. */
export function parseWorkers(text: string | undefined, least: 0 | 1 = 1): number | undefined {
  if (text === undefined) return undefined;
  const workers = /^\d{1,4}$/.test(text) ? Number(text) : -1;
  if (workers < least) throw new UsageError(`--workers is "${text}". Give a whole number from ${least}.`);
  return workers;
}

/** The program of a worker process, which makes runs one at a time. */
export function workerEntry(backend: string, plugins: readonly string[]): WorkerEntry {
  const program = programOf('worker');
  const own = ['--backend', backend, ...plugins.map((name) => `--plugin=${name}`)];
  return { file: program.file, arguments: [...program.arguments, ...own] };
}

/** Everything that a command about the runs of a suite needs. */
export async function select({
  suite: name,
  backend,
  store,
  seeds,
  full,
  only,
  plugin: plugins,
}: Selection): Promise<{
  readonly suite: Suite;
  readonly toolkit: Toolkit;
  readonly plan: Plan;
  readonly plugins: readonly string[];
}> {
  checkStore(store);
  const wanted = parseSeeds(seeds);
  const toolkit = await loadForRuns(plugins);
  const suite = await loadSuite(name);
  const id = backend === 'auto' ? await bestBackend(toolkit) : backend;
  const plan = planSuite(suite, toolkit, { backend: id, seeds: wanted, only, full });
  return { suite, toolkit, plugins, plan };
}

/**
 * Chooses a backend and reports the choice with its reason on standard error, since results go to standard
 * output.
 */
async function bestBackend({ backends }: Toolkit): Promise<string> {
  const { findBackend } = await import('@scalpel/backends/choose');
  const { backend, reason } = await findBackend('auto', backends);
  printError(`Backend ${reason}`);
  return backend.id;
}
