import type { Plan, Toolkit } from '@scalpel/bench';
import {
  isPostgres,
  type Limits,
  openQueue,
  openStore,
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
import { liveProgress, plainProgress } from '../progress.ts';
import { parseWorkers, select, selectionArguments, workerEntry, workersArgument } from '../selection.ts';
import { readRecords, warnOfChanges } from '../store.ts';

const args = {
  ...selectionArguments,
  workers: {
    ...workersArgument.workers,
    description: `${workersArgument.workers.description}. With 0 the runs only wait at a postgres:// store for scalpel worker`,
  },
  ...limitArguments,
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
    const result = await runPlan(plan, { ...given, toolkit, plugins, workers, limits, json });
    if (given.json) printJson(result);
  },
});

export interface RunOptions {
  readonly store: string;
  readonly toolkit: Toolkit;
  readonly plugins: readonly string[];
  readonly workers: number | undefined;
  readonly limits?: Limits;
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
 * Makes the missing runs and shows the progress. Sets the exit status: 1 if a run failed, and another one
 * after an interrupt.
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunSummary> {
  const { toolkit, plugins, workers, limits, json } = options;
  const say = json ? printError : print;
  return interruptible(async (signal) => {
    const store = await openStore(options.store, { signal, onWait: printError });
    try {
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
      // The sweep reports damaged records.
      warnOfChanges(await store.records(keys, () => {}), toolkit);
      const live = process.stdout.isTTY && !json;
      const result = live ? await liveProgress(plan, work) : await plainProgress(plan, say, work);
      const left = `${result.left} of ${plan.runs.length} runs`;
      if (signal.aborted) {
        (outputLost.aborted ? printError : say)(
          `Stopped with ${left} left. The same command goes on from here.`,
        );
      } else if (result.failed > 0) {
        say(`${result.failed} runs failed. The same command tries them again.`);
        process.exitCode = 1;
      } else if (result.left > 0) {
        say(`${left} wait for workers: scalpel worker --store ${withoutSecrets(options.store)}`);
      }
      return { suite: plan.suite.id, backend: plan.backend.id, total: plan.runs.length, ...result };
    } finally {
      await store.close();
    }
  });
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
  plan: Plan,
  { store: file, toolkit }: Pick<RunOptions, 'store' | 'toolkit'>,
  json: boolean,
): Promise<void> {
  const records = await readRecords(plan, file);
  warnOfChanges(records, toolkit);
  const ended = new Map<string, string>(records.map(({ key, outcome }) => [key, outcome.state]));
  const runs = plan.runs.map(({ key, name }) => ({ key, name, state: ended.get(key) ?? 'missing' }));
  if (json) return printJson({ suite: plan.suite.id, backend: plan.backend.id, runs });
  for (const { name, state } of runs) print(visibleLine(`${state.padEnd(8)}  ${name}`));
  const left = runs.filter(({ state }) => state === 'missing' || state === 'failed').length;
  print(`${runs.length} runs, ${left} of them would be made.`);
}
