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

export interface PoolOptions<Run extends PlannedRun> {
  readonly store: Store;
  readonly worker: WorkerEntry;
  /** How many runs are made at once, each in a process of its own. */
  readonly workers: number;
  readonly limits?: Limits | undefined;
  /** How often a run is saved, to go on from there if its process ends. Milliseconds; default 60,000. */
  readonly checkpointEvery?: number | undefined;
  /** Ends the work: runs under way are given up. */
  readonly signal?: AbortSignal | undefined;
  /** The next run; undefined when there are no more, or when the signal has come. */
  next(signal: AbortSignal): Promise<ClaimedRun<Run> | undefined>;
  /** Called when a run has been let go of: with its outcome in the store, or null if it has none. */
  settled?(run: Run, outcome: Outcome | null): void | Promise<void>;
  /** Called as often as the store's claims are renewed. */
  renew?(): Promise<unknown>;
  onEvent(event: PoolEvent): void;
}

export type PoolEvent =
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
