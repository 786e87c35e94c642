import type { RunSpec } from '../plan/index.ts';
import type { Environment, RunRecord } from '../records/index.ts';
import type { DamagedRecordError } from './errors.ts';

/**
 * What `claim` found: the run is yours; it is yours, but takes down whatever process makes it and should be recorded as failed; another process is at
 * it; or there is nothing left to do.
 */
export type Claim = 'yours' | 'deadly' | 'held' | 'ended';

/** Outcomes that last: claims are atomic, so that several processes may work on one store. */
export interface Store {
  /** Call `renew` so often while runs that this process has claimed go on: two renewals may fail before a claim is lost. Milliseconds. */
  readonly renewal: number;
  /** Takes a run that nobody has started, that failed, or whose holder is gone. Finished and diverged runs stay. */
  claim(run: { readonly key: string; readonly spec: RunSpec }): Promise<Claim>;
  renew(): Promise<void>;
  /** Gives a claimed run back without an outcome. */
  release(key: string): Promise<void>;
  /** Keeps how far a run of this process has got, instead of what was kept before. Throws a `LostRunError` if the run is not held by it any more. */
  saveCheckpoint(key: string, environment: Environment, checkpoint: Uint8Array): Promise<void>;
  /** What was kept last, if that was in the same environment: a record has one. */
  checkpoint(key: string, environment: Environment): Promise<Uint8Array | 'damaged' | null>;
  /** Writes the outcome and its metrics together or not at all, and drops the checkpoint. Throws a `LostRunError` if the run is not held by this process any more. */
  finish(record: RunRecord): Promise<void>;
  /**
   * Those of the given runs that have ended, in the order of the keys. Throws a `DamagedRecordError` for one that is not as it was written, or is there but not found by its key; with
   * `onDamage` it is left out and said there.
   */
  records(
    keys: readonly string[],
    onDamage?: (damage: DamagedRecordError) => void,
  ): Promise<readonly RunRecord[]>;
  /** Deletes the record of a run if it is damaged, so that the run can be claimed again. False: it was not deleted, as a damaged index was all that hid it, or another process has replaced it. */
  dropDamaged(key: string): Promise<boolean>;
  /** Throws a `LostStoreError` if records that this process has written or read are not at the address any more. A sweep asks now and then, and at its end. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** A run is held for so long, unless the claim is renewed before; then others may take it. Milliseconds; default 60,000. */
  readonly lease?: number | undefined;
  /**
   * How long to wait for another program that writes to the same SQLite file (default 10,000), or for a PostgreSQL server that went away after it was
   * reached (default 300,000). Milliseconds.
   */
  readonly patience?: number | undefined;
  /** Ends the wait for a server. */
  readonly signal?: AbortSignal | undefined;
  /** Told when a wait for a server begins, for people. */
  readonly onWait?: ((message: string) => void) | undefined;
}
