import { fileURLToPath } from 'node:url';
import { openStore, type Plan, type SweepOptions, type SweepResult, sweep } from '@scalpel/bench';
import { type Command, command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { liveProgress, plainProgress } from '../progress.ts';
import { select, selectionArguments, workersArgument } from '../selection.ts';
import { readRecords } from '../store.ts';

const args = {
  ...selectionArguments,
  ...workersArgument,
  'dry-run': { type: 'boolean', description: 'Show which runs would be made, and make none' },
  json: { type: 'boolean', description: 'Print a JSON object at the end; progress goes to standard error' },
} as const;

export const run: Command = command({
  meta: {
    name: 'run',
    description: 'Runs a suite, or the rest of it: runs that have ended are not repeated',
  },
  args,
  run: async ({ args: given, rawArgs }) => {
    const workers = parseWorkers(given.workers);
    const { plan, plugins } = await select(given, rawArgs, args);
    if (given['dry-run']) return dryRun(plan, given, Boolean(given.json));
    const result = await runPlan(plan, { ...given, plugins, workers, json: Boolean(given.json) });
    if (given.json) console.log(JSON.stringify(result, null, 2));
  },
});

export interface RunOptions {
  readonly store: string;
  readonly plugins: readonly string[];
  readonly workers: number | undefined;
  /** Leaves standard output to somebody else. */
  readonly json: boolean;
}

/** What came of a run of a suite, for programs. */
export interface RunSummary extends SweepResult {
  readonly suite: string;
  readonly backend: string;
  readonly total: number;
}

/** Makes the runs that are missing and shows how far it is. Sets the exit status: 1 if any failed, 130 if it was interrupted. */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunSummary> {
  const interrupt = new AbortController();
  const stop = () => {
    // Asked a second time, it does not wait for anything.
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
  };
  // Not `once`: what restores the cursor ends the process if it finds no other listener left.
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  const store = await openStore(options.store);
  try {
    const work = (onEvent: NonNullable<SweepOptions['onEvent']>) =>
      sweep({
        runs: plan.runs,
        store,
        worker: workerOf(plan, options.plugins),
        workers: options.workers,
        signal: interrupt.signal,
        onEvent,
      });
    const print = options.json ? console.error : console.log;
    const live = process.stdout.isTTY && !options.json;
    const result = live ? await liveProgress(plan, work) : await plainProgress(plan, print, work);
    if (interrupt.signal.aborted) {
      print(
        `Stopped with ${result.left} of ${plan.runs.length} runs left. The same command goes on from here.`,
      );
      process.exitCode = 130;
    } else if (result.failed > 0) {
      print(`${result.failed} runs failed. The same command tries them again.`);
      process.exitCode = 1;
    }
    return { suite: plan.suite.id, backend: plan.backend.id, total: plan.runs.length, ...result };
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await store.close();
  }
}

function workerOf(plan: Plan, plugins: readonly string[]): SweepOptions['worker'] {
  return {
    file: fileURLToPath(new URL('../worker.ts', import.meta.url)),
    arguments: ['--backend', plan.backend.id, ...plugins.map((name) => `--plugin=${name}`)],
  };
}

async function dryRun(plan: Plan, { store: file }: Pick<RunOptions, 'store'>, json: boolean): Promise<void> {
  const records = await readRecords(plan, file);
  const ended = new Map<string, string>(records.map(({ key, outcome }) => [key, outcome.state]));
  const runs = plan.runs.map(({ key, name }) => ({ key, name, state: ended.get(key) ?? 'missing' }));
  if (json)
    return console.log(JSON.stringify({ suite: plan.suite.id, backend: plan.backend.id, runs }, null, 2));
  for (const { name, state } of runs) console.log(`${state.padEnd(8)}  ${name}`);
  const left = runs.filter(({ state }) => state === 'missing' || state === 'failed').length;
  console.log(`${runs.length} runs, ${left} of them would be made.`);
}

export function parseWorkers(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const workers = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (workers < 1) throw new UsageError(`--workers is "${text}". Give a whole number from 1.`);
  return workers;
}
