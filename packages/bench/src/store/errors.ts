import { withoutSecrets } from './address.ts';

/** What a process has of a run that another has taken over, after this one was not heard of for the length of a lease. */
export class LostRunError extends Error {
  constructor(key: string, what: string) {
    super(`Run ${key} is no longer held by this process, so its ${what} was dropped.`);
  }
}

/** What the store has of a run is not what was written. */
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

/** What is found in a file cannot be: with the code by which SQLite says that a file is damaged. */
export class DamagedFileError extends Error {
  readonly errcode = 11;
}

/** Records that this process has written or read are not in the store any more, or the store itself is not there. */
export class LostStoreError extends Error {
  readonly problem: string;

  constructor(address: string, problem: string, next: string) {
    super(`The results in ${withoutSecrets(address)} were lost: ${problem}. ${next}`);
    this.problem = problem;
  }
}
