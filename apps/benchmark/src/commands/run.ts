import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan, RunRecord, Toolkit } from '@scalpel/bench';
import {
  importRecords,
  isPostgres,
  type Limits,
  openQueue,
  openStore,
  type Store,
  type SweepOptions,
  type SweepResult,
  sweep,
  sweepShared,
  withoutSecrets,
} from '@scalpel/bench/sweep';
import { visibleLine } from '@scalpel/bench/text';
import { type Command, command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { interruptible } from '../interrupt.ts';
import { limitArguments, parseLimits } from '../limits.ts';
import { outputLost, print, printError, printJson } from '../output.ts';
import { root } from '../programs.ts';
import { liveProgress, plainProgress } from '../progress.ts';
import { partialFile, recordsIn, resultsOf } from '../published.ts';
import { parseWorkers, select, selectionArguments, workerEntry, workersArgument } from '../selection.ts';
import { readRecords, warnOfChanges } from '../store.ts';
import { ownSuiteFile, suiteFile } from '../suites.ts';

const args = {
  ...selectionArguments,
  workers: {
    ...workersArgument.workers,
    description: `${workersArgument.workers.description}. With 0 the runs only wait at a postgres:// store for scalpel worker`,
  },
  ...limitArguments,
  records: {
    type: 'string',
    valueHint: 'file',
    description: 'Exported records (JSON Lines) that count as done, beside those in the store',
  },
  'dry-run': { type: 'boolean', description: 'Show which runs would be made, and make none' },
  json: { type: 'boolean', description: 'Print a JSON object at the end; progress goes to standard error' },
} as const;

export const run: Command = command({
  meta: {
    name: 'run',
    description: 'Runs a suite, or the rest of it: runs that have ended are not repeated',
  },
  args,
  run: async (given) => {
    const workers = parseWorkers(given.workers, 0);
    if (workers === 0 && !isPostgres(given.store)) {
      throw new UsageError(
        '--workers 0 leaves the runs to workers elsewhere, which only find them at a postgres:// store. Give a whole number from 1, or such a --store.',
      );
    }
    const limits = parseLimits(given);
    const { plan, toolkit, plugins } = await select(given);
    if (given['dry-run']) return dryRun(plan, { ...given, toolkit }, Boolean(given.json));
    const json = Boolean(given.json);
    const imported = [
      ...(given.records === undefined ? [] : recordsIn(given.records)),
      ...partialRecords(plan, given.suite),
    ];
    const result = await runPlan(plan, { ...given, toolkit, plugins, workers, limits, json, imported });
    if (given.json) printJson(result);
  },
});

export interface RunOptions {
  readonly store: string;
  readonly toolkit: Toolkit;
  readonly plugins: readonly string[];
  readonly workers: number | undefined;
  readonly limits?: Limits;
  /** Records of other machines that count as done. */
  readonly imported?: readonly RunRecord[];
  /** True if standard output is reserved for JSON. */
  readonly json: boolean;
}

/** The result of a run of a suite, for programs. */
export interface RunSummary extends SweepResult {
  readonly suite: string;
  readonly backend: string;
  readonly total: number;
}

/**
 * Makes the missing runs and shows the progress: trials first, then the settings that they choose. Sets the
 * exit status: 1 if a run failed, and another one after an interrupt.
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunSummary> {
  const { imported = [], json } = options;
  const say = json ? printError : print;
  return interruptible(async (signal) => {
    const store = await openStore(options.store, { signal, onWait: printError });
    try {
      let whole = await settledIn(store, plan, imported);
      let result = await sweepPlan(whole, options, store, signal);
      const settled = await settledIn(store, plan, imported);
      if (result.left === 0 && settled.runs.length > whole.runs.length) {
        say(`The trials have chosen settings: ${settled.runs.length - whole.runs.length} more runs.`);
        whole = settled;
        const { finished, diverged, failed } = result;
        const rest = await sweepPlan(whole, options, store, signal);
        result = {
          finished: finished + rest.finished,
          diverged: diverged + rest.diverged,
          failed: failed + rest.failed,
          left: rest.left,
        };
      }
      tellEnd(result, whole, options, signal.aborted);
      return { suite: plan.suite.id, backend: plan.backend.id, total: whole.runs.length, ...result };
    } finally {
      await store.close();
    }
  });
}

/** The plan with what its trials have chosen. Records from elsewhere are in the store from then on. */
async function settledIn(store: Store, plan: Plan, imported: readonly RunRecord[]): Promise<Plan> {
  const read = async (whole: Plan) => {
    if (imported.length > 0) await importRecords(store, whole.runs, imported);
    // The sweep reports damaged records.
    return store.records(
      whole.runs.map(({ key }) => key),
      () => {},
    );
  };
  return (await resultsOf(plan, read)).plan;
}

async function sweepPlan(
  plan: Plan,
  options: RunOptions,
  store: Store,
  signal: AbortSignal,
): Promise<SweepResult> {
  const { toolkit, plugins, workers, limits, json } = options;
  const work = (onEvent: NonNullable<SweepOptions['onEvent']>) =>
    makeRuns(options, {
      runs: plan.runs,
      store,
      worker: workerEntry(plan.backend.id, plugins),
      workers,
      limits,
      signal,
      onEvent,
    });
  const keys = plan.runs.map(({ key }) => key);
  warnOfChanges(await store.records(keys, () => {}), toolkit);
  const live = process.stdout.isTTY && !json;
  return live ? liveProgress(plan, work) : plainProgress(plan, json ? printError : print, work);
}

function tellEnd(
  { left: count, failed }: SweepResult,
  { runs }: Plan,
  { store, json }: RunOptions,
  isStopped: boolean,
): void {
  const say = json ? printError : print;
  const left = `${count} of ${runs.length} runs`;
  if (isStopped) {
    (outputLost.aborted ? printError : say)(`Stopped with ${left} left. The same command goes on from here.`);
  } else if (failed > 0) {
    say(`${failed} runs failed. The same command tries them again.`);
    process.exitCode = 1;
  } else if (count > 0) {
    say(`${left} wait for workers: scalpel worker --store ${withoutSecrets(store)}`);
  }
}

/** The records of a suite of this repository that was exported before it was finished. */
function partialRecords({ suite: { id } }: Plan, suite: string): readonly RunRecord[] {
  const file = partialFile(join(root, 'benchmarks/results'), id);
  return suiteFile(suite) === ownSuiteFile(id) && existsSync(file) ? recordsIn(file) : [];
}

/** Runs the sweep on this machine, or together with others on the same server. */
async function makeRuns({ store, toolkit }: RunOptions, options: SweepOptions): Promise<SweepResult> {
  const [first] = options.runs;
  if (!isPostgres(store) || first === undefined) return sweep(options);
  const { signal } = options;
  const queue = await openQueue(store, first.spec.backend, { signal, onWait: printError });
  try {
    return await sweepShared({ ...options, queue, toolkit });
  } finally {
    await queue.close();
  }
}

async function dryRun(
  planned: Plan,
  { store: file, toolkit }: Pick<RunOptions, 'store' | 'toolkit'>,
  json: boolean,
): Promise<void> {
  const { plan, records } = await resultsOf(planned, (whole) => readRecords(whole, file));
  warnOfChanges(records, toolkit);
  const ended = new Map<string, string>(records.map(({ key, outcome }) => [key, outcome.state]));
  const runs = plan.runs.map(({ key, name }) => ({ key, name, state: ended.get(key) ?? 'missing' }));
  if (json) return printJson({ suite: plan.suite.id, backend: plan.backend.id, runs });
  for (const { name, state } of runs) print(visibleLine(`${state.padEnd(8)}  ${name}`));
  const left = runs.filter(({ state }) => state === 'missing' || state === 'failed').length;
  print(`${runs.length} runs, ${left} of them would be made.`);
  if (plan.runs.length === planned.runs.length && plan.entries.some(({ tuning }) => tuning !== null)) {
    print('When all trials have ended, the settings that they choose are run on the reported seeds.');
  }
}
