import type { PlannedRun } from '../plan/index.ts';
import type { Outcome } from '../records/index.ts';
import type { Progress } from '../run/index.ts';
import type { Claim, Store } from '../store/index.ts';
import type { Limits } from './limits.ts';
import type { WorkerEntry } from './worker-process.ts';

/** A run that the store has granted to this process. */
export interface ClaimedRun<Run extends PlannedRun> {
  readonly run: Run;
  readonly claim: Extract<Claim, 'yours' | 'deadly'>;
}

/** Options of `runPool`. */
export interface PoolOptions<Run extends PlannedRun> {
  readonly store: Store;
  readonly worker: WorkerEntry;
  /** The number of runs at the same time, each in its own process. */
  readonly workers: number;
  readonly limits?: Limits | undefined;
  /**
   * Milliseconds between two checkpoints of a run, default 60,000. A run continues from its checkpoint if its
   * process ends.
   */
  readonly checkpointEvery?: number | undefined;
  /** Ends the work: unfinished runs are abandoned. */
  readonly signal?: AbortSignal | undefined;
  /** The next run. Undefined if there are no more or the signal is aborted. */
  next(signal: AbortSignal): Promise<ClaimedRun<Run> | undefined>;
  /**
   * Called when this process no longer holds a run. The outcome is in the store, or null if there is none.
   */
  settled?(run: Run, outcome: Outcome | null): void | Promise<void>;
  /** Called as often as the store's claims are renewed. */
  renew?(): Promise<unknown>;
  onEvent(event: PoolEvent): void;
}

/** Events of the runs that a pool makes. */
export type PoolEvent =
  | { readonly kind: 'started'; readonly run: PlannedRun }
  /** The run continues from a checkpoint of another process. */
  | { readonly kind: 'resumed'; readonly run: PlannedRun }
  | ({ readonly kind: 'progress'; readonly run: PlannedRun } & Progress)
  /** The worker died during the run. Another worker makes the run again. */
  | { readonly kind: 'retried'; readonly run: PlannedRun; readonly reason: string }
  /** A problem for the author of a task or combiner. It is reported once, even if it concerns many runs. */
  | { readonly kind: 'warned'; readonly run: PlannedRun; readonly reason: string }
  /** The data of the run in the store is damaged. The reason tells what happens instead. */
  | { readonly kind: 'damaged'; readonly run: PlannedRun; readonly reason: string }
  /**
   * Another process has taken over the run, since this one was silent for too long. The other's outcome
   * counts.
   */
  | { readonly kind: 'lost'; readonly run: PlannedRun };

/** The numbers of recorded outcomes. */
export interface Tally {
  readonly finished: number;
  readonly diverged: number;
  readonly failed: number;
}
