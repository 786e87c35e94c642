import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { createEstimate } from './estimate.ts';
import type { PlannedRun } from './plan.ts';
import type { Outcome } from './record.ts';
import type { Progress, RunResult } from './run.ts';
import type { Store } from './store.ts';
import { startWorker, type WorkerEntry, type WorkerProcess } from './worker-process.ts';

export interface SweepOptions {
  readonly runs: readonly PlannedRun[];
  readonly store: Store;
  readonly worker: WorkerEntry;
  /** Number of processes; default: one per core. */
  readonly workers?: number | undefined;
  /** Ends the sweep: runs under way are given up, and made again next time. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: SweepEvent) => void) | undefined;
}

export type SweepEvent =
  /** First: `done` of `total` runs have ended before. */
  | { readonly kind: 'planned'; readonly done: number; readonly total: number; readonly workers: number }
  | { readonly kind: 'started'; readonly run: PlannedRun }
  | ({ readonly kind: 'progress'; readonly run: PlannedRun; readonly secondsLeft: number | null } & Progress)
  /** The worker died under the run, which begins again in a new one. */
  | { readonly kind: 'retried'; readonly run: PlannedRun; readonly reason: string }
  | {
      readonly kind: 'ended';
      readonly run: PlannedRun;
      readonly outcome: Outcome;
      readonly done: number;
      readonly total: number;
      readonly secondsLeft: number | null;
    };

export interface SweepResult {
  /** Outcomes of this sweep's own runs. */
  readonly finished: number;
  readonly diverged: number;
  readonly failed: number;
  /** Runs without an outcome: 0 unless the sweep was ended by its signal. */
  readonly left: number;
}

/** Between looks at runs that another process holds. Milliseconds. */
const PATIENCE = 1_000;

/**
 * Makes the runs that the store does not have yet, in worker processes; failed ones are tried again. Several sweeps may share a store. Throws
 * if a worker cannot start; a worker that dies later costs its run one retry, then is a failed outcome.
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { runs, store, worker: entry, onEvent = () => {} } = options;
  const trouble = new AbortController();
  const signal = AbortSignal.any([trouble.signal, ...(options.signal ? [options.signal] : [])]);
  const known = await store.records(runs.map(({ key }) => key));
  const ended = new Set(known.filter(({ outcome }) => outcome.state !== 'failed').map(({ key }) => key));
  const waiting = runs.filter(({ key }) => !ended.has(key));
  // By another process, which may yet die and leave them to us.
  const held: PlannedRun[] = [];
  const workers = Math.max(1, Math.min(options.workers ?? availableParallelism(), waiting.length));
  const total = runs.length;
  let done = ended.size;
  const tally = { finished: 0, diverged: 0, failed: 0 };
  const estimate = createEstimate();
  const secondsLeft = () =>
    estimate.secondsLeft(
      waiting.map(({ spec }) => spec.task.id),
      workers,
    );
  const over = (run: PlannedRun, outcome: Outcome) => {
    done++;
    onEvent({ kind: 'ended', run, outcome, done, total, secondsLeft: secondsLeft() });
  };

  /** The next run that this process may make. */
  async function next(): Promise<PlannedRun | undefined> {
    while (!signal.aborted) {
      const run = waiting.shift();
      if (run === undefined) {
        if (held.length === 0) return undefined;
        waiting.push(...held.splice(0));
        await wait(PATIENCE, undefined, { signal }).catch(() => {});
        continue;
      }
      const claim = await store.claim(run);
      if (claim === 'yours') return run;
      if (claim === 'held') held.push(run);
      else for (const { outcome } of await store.records([run.key])) over(run, outcome);
    }
    return undefined;
  }

  async function make(run: PlannedRun, worker: WorkerProcess): Promise<RunResult | null> {
    const { key, spec } = run;
    estimate.started(key, spec.task.id);
    const result = await worker.run(spec, ({ step, steps }) => {
      estimate.progress(key, step / steps);
      onEvent({ kind: 'progress', run, step, steps, secondsLeft: secondsLeft() });
    });
    estimate.ended(key, result?.outcome.state === 'finished');
    return result;
  }

  async function record(
    run: PlannedRun,
    worker: WorkerProcess,
    started: Date,
    result: RunResult,
  ): Promise<void> {
    const { key, spec } = run;
    const times = { started: started.toISOString(), ended: new Date().toISOString() };
    await store.finish({ schema: 1, key, spec, environment: worker.environment, ...times, ...result });
    tally[result.outcome.state]++;
    over(run, result.outcome);
  }

  /** One worker process at a time, until no run is left. */
  async function lane(): Promise<void> {
    let worker: WorkerProcess | undefined;
    try {
      for (let run = await next(); run !== undefined; run = await next()) {
        try {
          onEvent({ kind: 'started', run });
          const started = new Date();
          worker ??= await startWorker(entry, signal);
          let result = await make(run, worker);
          if (result === null && !signal.aborted) {
            onEvent({ kind: 'retried', run, reason: worker.lastWords() });
            worker = await startWorker(entry, signal);
            result = await make(run, worker);
          }
          if (result === null && signal.aborted) return;
          await record(run, worker, started, result ?? lost(worker));
          if (result?.outcome.state === 'finished' || result?.outcome.state === 'diverged') continue;
          // What threw may have left variables behind that the next run would meet.
          await worker.stop();
          worker = undefined;
        } finally {
          // Does nothing to a run that has its outcome.
          await store.release(run.key);
        }
      }
    } finally {
      await worker?.stop();
    }
  }

  onEvent({ kind: 'planned', done, total, workers });
  if (waiting.length > 0) {
    const renewal = setInterval(() => store.renew().catch((error) => trouble.abort(error)), store.renewal);
    const lanes = Array.from({ length: workers }, () =>
      lane().catch((error) => {
        // Workers that are ended on purpose have not failed.
        if (!signal.aborted) trouble.abort(error);
      }),
    );
    await Promise.all(lanes);
    clearInterval(renewal);
  }
  if (trouble.signal.aborted) throw trouble.signal.reason;
  return { ...tally, left: total - done };
}

function lost(worker: WorkerProcess): RunResult {
  const reason = `lost its worker twice: ${worker.lastWords()}`;
  return { outcome: { state: 'failed', reason }, seconds: 0 };
}
