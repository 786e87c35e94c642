import type { RunSpec } from '../plan/index.ts';
import type { Environment, RunRecord } from '../records/index.ts';
import type { DamagedRecordError } from './errors.ts';

/**
 * The result of `claim`. 'yours': the run is yours. 'deadly': the run is yours, but it has killed every
 * process that made it; record it as failed. 'held': another process makes it. 'ended': there is nothing left
 * to do.
 */
export type Claim = 'yours' | 'deadly' | 'held' | 'ended';

/** A lasting store of outcomes. Claims are atomic, so several processes may work on one store. */
export interface Store {
  /**
   * Milliseconds between two calls of `renew` while this process holds runs. A claim survives two failed
   * renewals.
   */
  readonly renewal: number;
  /**
   * Takes a run that has not started, has failed, or whose holder is gone. Finished and diverged runs cannot
   * be taken.
   */
  claim(run: { readonly key: string; readonly spec: RunSpec }): Promise<Claim>;
  renew(): Promise<void>;
  /** Gives a claimed run back without an outcome. */
  release(key: string): Promise<void>;
  /**
   * Stores a checkpoint of a run, in place of the one before. Throws a `LostRunError` if this process no
   * longer holds the run.
   */
  saveCheckpoint(key: string, environment: Environment, checkpoint: Uint8Array): Promise<void>;
  /**
   * The last checkpoint, if it was made in the same environment, since a record has only one environment.
   * Null if there is none.
   */
  checkpoint(key: string, environment: Environment): Promise<Uint8Array | 'damaged' | null>;
  /**
   * Writes the outcome and its metrics together or not at all, and deletes the checkpoint. Throws a
   * `LostRunError` if this process no longer holds the run.
   */
  finish(record: RunRecord): Promise<void>;
  /**
   * The records of those runs that have ended, in the order of the keys. Throws a `DamagedRecordError` for a
   * record that is not as it was written, or that exists but is not found by its key. With `onDamage` such a
   * record is reported there and left out.
   */
  records(
    keys: readonly string[],
    onDamage?: (damage: DamagedRecordError) => void,
  ): Promise<readonly RunRecord[]>;
  /**
   * Deletes the record of a run if it is damaged, so that the run can be claimed again. False if nothing was
   * deleted: only a damaged index hid the record, or another process has replaced it.
   */
  dropDamaged(key: string): Promise<boolean>;
  /**
   * Throws a `LostStoreError` if records that this process has written or read are no longer at the address.
   * A sweep calls this from time to time and at its end.
   */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Options of `openStore`. */
export interface StoreOptions {
  /**
   * The duration of a claim in milliseconds, default 60,000. Without renewal the run is then free for others.
   */
  readonly lease?: number | undefined;
  /**
   * Milliseconds to wait: for another program that writes to the same SQLite file (default 10,000), or for a
   * PostgreSQL server that went away after it was reached (default 300,000).
   */
  readonly patience?: number | undefined;
  /** Ends the wait for a server. */
  readonly signal?: AbortSignal | undefined;
  /** Receives a message for people when a wait for a server begins. */
  readonly onWait?: ((message: string) => void) | undefined;
}
