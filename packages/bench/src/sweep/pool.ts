import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedRun } from '../plan/index.ts';
import type { Outcome } from '../records/index.ts';
import type { Progress, RunResult } from '../run/index.ts';
import type { Claim, Store } from '../store/index.ts';
import { LostRunError, LostStoreError } from '../store/index.ts';
import { type Limits, watch } from './limits.ts';
import { startWorker, type WorkerEntry, type WorkerProcess } from './worker-process.ts';

/** A run that the store has granted to this process. */
export interface ClaimedRun<Run extends PlannedRun> {
  readonly run: Run;
  readonly claim: Extract<Claim, 'yours' | 'deadly'>;
}

export interface LaneOptions<Run extends PlannedRun> {
  readonly store: Store;
  readonly worker: WorkerEntry;
  /** How many lanes, each a worker process at a time. */
  readonly workers: number;
  readonly limits?: Limits | undefined;
  /** How often a run is saved, to go on from there if its process ends. Milliseconds; default 60,000. */
  readonly checkpointEvery?: number | undefined;
  /** Ends the lanes: runs under way are given up. */
  readonly signal?: AbortSignal | undefined;
  /** The next run; undefined when there are no more, or when the signal has come. */
  next(signal: AbortSignal): Promise<ClaimedRun<Run> | undefined>;
  /** Called when a run has been let go of: with its outcome in the store, or null if it has none. */
  settled?(run: Run, outcome: Outcome | null): void | Promise<void>;
  /** Called as often as the store's claims are renewed. */
  renew?(): Promise<unknown>;
  onEvent(event: LaneEvent): void;
}

export type LaneEvent =
  | { readonly kind: 'started'; readonly run: PlannedRun }
  /** The run goes on from where another process has saved it. */
  | { readonly kind: 'resumed'; readonly run: PlannedRun }
  | ({ readonly kind: 'progress'; readonly run: PlannedRun } & Progress)
  /** The worker died under the run, which another one makes. */
  | { readonly kind: 'retried'; readonly run: PlannedRun; readonly reason: string }
  /** What the author of a task or combiner should mend: told once, however many runs it concerns. */
  | { readonly kind: 'warned'; readonly run: PlannedRun; readonly reason: string }
  /** What the store had of the run is not what was written there; what is done instead. */
  | { readonly kind: 'damaged'; readonly run: PlannedRun; readonly reason: string }
  /** Another process has taken the run over, as this one was not heard of for too long: what comes of it there counts. */
  | { readonly kind: 'lost'; readonly run: PlannedRun };

/** Outcomes that were recorded. */
export interface Tally {
  readonly finished: number;
  readonly diverged: number;
  readonly failed: number;
}

/**
 * Makes runs side by side in worker processes, until there are no more or the signal comes. Throws if a worker cannot start or the store
 * fails; a worker that dies later costs its run one retry, then is a failed outcome. A run that is lost to another process is left to it.
 */
export async function runLanes<Run extends PlannedRun>(options: LaneOptions<Run>): Promise<Tally> {
  const { store, worker: entry, limits = {}, checkpointEvery: every = 60_000, onEvent } = options;
  const trouble = new AbortController();
  const signal = AbortSignal.any([trouble.signal, ...(options.signal ? [options.signal] : [])]);
  const tally = { finished: 0, diverged: 0, failed: 0 };
  const told = new Set<string | undefined>();

  async function make(run: Run, worker: WorkerProcess): Promise<RunResult | null> {
    const { key, spec } = run;
    // A check in between changes nothing that a run computes.
    const { checked: _, ...environment } = worker.environmentOf(spec);
    const kept = await store.checkpoint(key, environment);
    if (kept === 'damaged') {
      onEvent({
        kind: 'damaged',
        run,
        reason: 'what was saved of it is not as it was written, so it begins anew',
      });
    }
    const from = kept === 'damaged' ? null : kept;
    if (from) onEvent({ kind: 'resumed', run });
    const save = (checkpoint: Uint8Array) => store.saveCheckpoint(key, environment, checkpoint);
    const watching = watch(limits, worker.giveUp);
    try {
      return await worker.run(spec, { from, every, save }, (progress) => {
        watching.heard(progress);
        onEvent({ kind: 'progress', run, ...progress });
      });
    } finally {
      watching.end();
    }
  }

  /** One worker process at a time, until no run is left. */
  async function lane(): Promise<void> {
    let worker: WorkerProcess | undefined;
    const stopWorker = async () => {
      await worker?.stop();
      worker = undefined;
    };

    /** The outcome that was recorded; null if the signal came before there was one. */
    async function attempt({ run, claim }: ClaimedRun<Run>): Promise<Outcome | null> {
      const { key, spec } = run;
      onEvent({ kind: 'started', run });
      const started = new Date().toISOString();
      worker ??= await startWorker(entry, limits, signal);
      let result = claim === 'deadly' ? failed(DEADLY) : await make(run, worker);
      if (result === null && !signal.aborted) {
        onEvent({ kind: 'retried', run, reason: worker.lastWords() });
        worker = await startWorker(entry, limits, signal);
        result = await make(run, worker);
      }
      if (signal.aborted && result === null) return null;
      result ??= failed(`lost its worker twice: ${worker.lastWords()}`);
      const times = { started, ended: new Date().toISOString() };
      const { warning, ...ended } = result;
      const environment = worker.environmentOf(spec);
      await store.finish({ schema: 1, key, spec, environment, ...times, ...ended });
      tally[ended.outcome.state]++;
      if (warning !== undefined && !told.has(warning)) onEvent({ kind: 'warned', run, reason: warning });
      told.add(warning);
      return ended.outcome;
    }

    try {
      for (let next = await options.next(signal); next !== undefined; next = await options.next(signal)) {
        const { run } = next;
        let outcome: Outcome | null = null;
        const letGo = async () => {
          // Does nothing to a run that has its outcome, or another holder.
          await store.release(run.key);
          await options.settled?.(run, outcome);
        };
        try {
          outcome = await attempt(next);
          // What threw may have left variables behind that the next run would meet.
          if (outcome?.state === 'failed') await stopWorker();
        } catch (error) {
          if (!(error instanceof LostRunError)) {
            // Where this fails as well, what went wrong first is what counts.
            await letGo().catch(() => {});
            throw error;
          }
          onEvent({ kind: 'lost', run });
          // It may still be at the run.
          await stopWorker();
        }
        await letGo();
      }
    } finally {
      await stopWorker();
    }
  }

  const over = new AbortController();
  async function keepClaims(): Promise<void> {
    for (let failures = 0; ; ) {
      await wait(store.renewal, undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) return;
      try {
        await Promise.all([store.renew(), options.renew?.()]);
        await store.check();
        failures = 0;
      } catch (error) {
        failures++;
        if (failures > RENEWALS_TO_SPARE || error instanceof LostStoreError) trouble.abort(error);
      }
    }
  }

  void keepClaims();
  const lanes = Array.from({ length: options.workers }, () =>
    lane().catch((error) => {
      // Workers that are ended on purpose have not failed.
      if (!signal.aborted) trouble.abort(error);
    }),
  );
  await Promise.all(lanes);
  over.abort();
  if (trouble.signal.aborted) throw trouble.signal.reason;
  // Who has not written cannot have lost what was.
  if (lanes.length > 0) await checkAtEnd(store, signal);
  return tally;
}

/** Who was asked to end does not wait for a store that cannot be reached, but hears of one that is lost. */
async function checkAtEnd(store: Store, signal: AbortSignal): Promise<void> {
  try {
    await store.check();
  } catch (error) {
    if (!signal.aborted || error instanceof LostStoreError) throw error;
  }
}

/** So many may fail in a row before a claim is lost. */
const RENEWALS_TO_SPARE = 2;

const DEADLY =
  'was lost three times, each time with the whole process that made it. Look whether it needs more memory than there is';

function failed(reason: string): RunResult {
  return { outcome: { state: 'failed', reason }, seconds: 0 };
}
