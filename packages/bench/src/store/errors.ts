import { withoutSecrets } from './address.ts';

/**
 * Another process has taken over a run, since this one was silent for the length of a lease. The work of this
 * process on it is lost.
 */
export class LostRunError extends Error {
  constructor(key: string, what: string) {
    super(`Run ${key} is no longer held by this process, so its ${what} was dropped.`);
  }
}

/** The data of a run in the store is not as it was written. */
export class DamagedRecordError extends Error {
  readonly key: string;
  readonly reason: string;

  constructor(
    address: string,
    key: string,
    reason: string,
    next = 'scalpel run makes that run again and replaces the record; the others are as they were.',
  ) {
    super(
      `The results in ${withoutSecrets(address)} are damaged: the record of run ${key} is not as it was written (${reason}). ${next}`,
    );
    this.key = key;
    this.reason = reason;
  }
}

/** The content of a file is impossible. The error has SQLite's code for a damaged file. */
export class DamagedFileError extends Error {
  readonly errcode = 11;
}

/** Records that this process has written or read are no longer in the store, or the store itself is gone. */
export class LostStoreError extends Error {
  readonly problem: string;

  constructor(address: string, problem: string, next: string) {
    super(`The results in ${withoutSecrets(address)} were lost: ${problem}. ${next}`);
    this.problem = problem;
  }
}
