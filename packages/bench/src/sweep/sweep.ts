import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedRun } from '../plan/index.ts';
import type { Outcome } from '../records/index.ts';
import type { Progress } from '../run/index.ts';
import type { Store } from '../store/index.ts';
import { createEstimate, type Estimate } from './estimate.ts';
import { knownRecords } from './known-records.ts';
import type { Limits } from './limits.ts';
import { runPool } from './pool.ts';
import type { ClaimedRun, PoolEvent, Tally } from './pool-options.ts';
import type { WorkerEntry } from './worker-process.ts';

/** Options of `sweep`. */
export interface SweepOptions {
  readonly runs: readonly PlannedRun[];
  readonly store: Store;
  readonly worker: WorkerEntry;
  /** The number of worker processes; default: one for each core. */
  readonly workers?: number | undefined;
  readonly limits?: Limits | undefined;
  /**
   * Milliseconds between two checkpoints of a run, default 60,000. A run continues from its checkpoint if its
   * process ends.
   */
  readonly checkpointEvery?: number | undefined;
  /** Ends the sweep. Unfinished runs are abandoned, and continue from their checkpoints next time. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: SweepEvent) => void) | undefined;
}

/** Events of a sweep. */
export type SweepEvent =
  /** The first event: `done` of `total` runs have ended before. */
  | { readonly kind: 'planned'; readonly done: number; readonly total: number; readonly workers: number }
  | Exclude<PoolEvent, { readonly kind: 'progress' }>
  | RefusedEvent
  | ({ readonly kind: 'progress'; readonly run: PlannedRun; readonly secondsLeft: number | null } & Progress)
  | {
      readonly kind: 'ended';
      readonly run: PlannedRun;
      readonly outcome: Outcome;
      readonly done: number;
      readonly total: number;
      readonly secondsLeft: number | null;
    };

/** A row of a shared queue is no run, and was moved to a second queue. */
export interface RefusedEvent {
  readonly kind: 'refused';
  readonly reason: string;
}

/** The outcomes of this sweep's own runs. */
export interface SweepResult extends Tally {
  /** The number of runs without an outcome. It is 0 unless the signal ended the sweep. */
  readonly left: number;
}

/** Milliseconds between two looks at runs that another process holds. */
const PATIENCE = 1_000;

/**
 * Makes the runs that the store does not have yet, in worker processes. Failed ones are tried again. Several
 * sweeps may share a store. Throws if a worker cannot start. If a worker dies later, its run is tried once
 * more and then recorded as failed.
 */
export async function sweep(options: SweepOptions): Promise<SweepResult> {
  const { runs, store, worker, limits, checkpointEvery, signal, onEvent = () => {} } = options;
  const { records, damaged } = await knownRecords(store, runs);
  const ended = new Set(records.filter(({ outcome }) => outcome.state !== 'failed').map(({ key }) => key));
  const waiting = runs.filter(({ key }) => !ended.has(key));
  // Runs of another process. It may still die and leave them to us, or end them.
  const held: PlannedRun[] = [];
  const workers = Math.max(1, Math.min(options.workers ?? availableParallelism(), waiting.length));
  const total = runs.length;
  let done = ended.size;
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
  async function next(signal: AbortSignal): Promise<ClaimedRun<PlannedRun> | undefined> {
    while (!signal.aborted) {
      const run = waiting.shift();
      if (run === undefined) {
        if (held.length === 0) return undefined;
        waiting.push(...held.splice(0));
        await wait(PATIENCE, undefined, { signal }).catch(() => {});
        continue;
      }
      const claim = await store.claim(run);
      if (claim === 'yours' || claim === 'deadly') return { run, claim };
      if (claim === 'held') held.push(run);
      else for (const { outcome } of await store.records([run.key])) over(run, outcome);
    }
    return undefined;
  }

  onEvent({ kind: 'planned', done, total, workers });
  for (const damage of damaged) onEvent({ kind: 'damaged', ...damage });
  const tally = await runPool({
    store,
    worker,
    workers: waiting.length === 0 ? 0 : workers,
    limits,
    checkpointEvery,
    signal,
    next,
    settled(run, outcome) {
      estimate.ended(run.key, outcome?.state === 'finished');
      if (outcome === null) held.push(run);
      else over(run, outcome);
    },
    onEvent: (event) => onEvent(estimated(event, estimate, secondsLeft)),
  });
  return { ...tally, left: total - done };
}

/** Updates the estimate with an event, and adds the estimated time left to the event. */
function estimated(event: PoolEvent, estimate: Estimate, secondsLeft: () => number | null): SweepEvent {
  const { key, spec } = event.run;
  if (event.kind === 'started') estimate.started(key, spec.task.id);
  if (event.kind === 'resumed') estimate.resumed(key);
  if (event.kind !== 'progress') return event;
  estimate.progress(key, event.step / event.steps);
  return { ...event, secondsLeft: secondsLeft() };
}
