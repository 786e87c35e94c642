import { setTimeout as wait } from 'node:timers/promises';
import { withoutSecrets } from './address.ts';

/** How long to wait for a server that is away for a moment. */
export interface Patience {
  /** Milliseconds. */
  readonly limit: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Told when a wait begins. */
  readonly onWait?: ((message: string) => void) | undefined;
}

const NONE: Patience = { limit: 0 };

/**
 * Does something with a store; where the database fails in a way that a person can mend, the message says how. With patience, what fails in passing is tried again,
 * though it may have been done and only the answer was lost.
 */
export async function explained<Value>(
  address: string,
  work: () => Promise<Value>,
  { limit, signal, onWait = () => {} }: Patience = NONE,
): Promise<Value> {
  const where = withoutSecrets(address);
  const start = performance.now();
  for (let pause = 0; ; pause = Math.min(2 * pause || 100, 5_000)) {
    try {
      return await work();
    } catch (error) {
      const explanation = explanationOf(error as DatabaseFailure);
      if (explanation === undefined) throw error;
      const { problem, next, passes } = explanation;
      const what = `The results in ${where} ${problem} (${messageOf(error)})`;
      const waited = performance.now() - start;
      if (!passes || waited >= limit || signal?.aborted) {
        const long = pause === 0 ? '' : `, tried again for ${Math.round(waited / 1000)} s`;
        throw new Error(`${what}${long}. ${next}`, { cause: error });
      }
      if (pause === 0) onWait(`${what}. This is tried again for up to ${limit / 1000} s.`);
      await wait(pause || 100, undefined, { signal }).catch(() => {});
    }
  }
}

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

/** Whether it is one of those that a person can mend. */
export function isExplained(error: unknown): boolean {
  return explanationOf(error as DatabaseFailure) !== undefined;
}

/** Whether a file is not what SQLite wrote. */
export function isDamage(error: unknown): boolean {
  return explanationOf(error as DatabaseFailure) === damaged;
}

interface DatabaseFailure {
  /** Of PostgreSQL (five characters), of the network, or of node:sqlite. */
  readonly code?: string;
  /** Of SQLite. */
  readonly errcode?: number;
  readonly message?: string;
  /** Of PostgreSQL. */
  readonly severity?: string;
}

interface Explanation {
  readonly problem: string;
  readonly next: string;
  /** Whether it may work a moment later. */
  readonly passes?: true;
}

const again = 'Then give the same command again: what was recorded is kept.';

const locked: Explanation = {
  problem: 'are locked by another program',
  next: `Close what holds them open (a database browser, a backup), then try again. ${again}`,
};
const full: Explanation = { problem: 'could not be written: the disk is full', next: `Make room. ${again}` };
const protectedFile: Explanation = {
  problem: 'may not be written',
  next: 'Ask for the right to, or name another store with --store.',
};
const unreadable: Explanation = {
  problem: 'could not be read or written by the system',
  next: `Look at the disk and its limits. ${again}`,
};
const unreachable: Explanation = {
  problem: 'cannot be reached',
  next: `Check that the server runs and that the address is right. ${again}`,
  passes: true,
};
const busy: Explanation = {
  problem: 'could not be written beside what others write',
  next: `Look what else uses the database. ${again}`,
  passes: true,
};
const unsafe: Explanation = {
  problem: 'cannot be reached by an encrypted connection, as the address asks for',
  next: 'Give sslmode=disable where the network is safe, sslmode=no-verify for a certificate that nobody vouches for, or sslrootcert=FILE; or let the server have one (its setting ssl).',
};
const refused: Explanation = {
  problem: 'are not open to this user',
  next: 'Check the user and the password in the address.',
};

const fileMissing: Explanation = {
  problem: 'cannot be reached: a file that the address names is not there',
  next: 'Look at the path in it.',
};
const unknown: Explanation = {
  problem: 'could not be used',
  next: `The log of the server may say more. ${again}`,
};
const damaged: Explanation = {
  problem: 'are damaged',
  next: 'Copy the file, and try sqlite3 FILE .recover on the copy; or move it away to start afresh.',
};

/** Primary result codes of SQLite: sqlite.org/rescode.html. */
const sqlite: Readonly<Record<number, Explanation>> = {
  5: locked,
  6: locked,
  8: protectedFile,
  10: unreadable,
  11: damaged,
  13: full,
  26: damaged,
};

/** Codes of PostgreSQL, or their classes of two characters (its manual, appendix A), and of the network. */
const others: Readonly<Record<string, Explanation>> = {
  '08': unreachable,
  28: refused,
  40: busy,
  '3D': {
    problem: 'are in a database that is not there',
    next: 'Create it (createdb), or give another address.',
  },
  53100: full,
  53300: {
    problem: 'cannot be reached: the server has too many connections',
    next: 'Raise its max_connections, or start fewer workers.',
    passes: true,
  },
  '57P': unreachable,
  25006: protectedFile,
  42501: protectedFile,
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENOENT: fileMissing,
  ENOTFOUND: unreachable,
  EPIPE: unreachable,
  ETIMEDOUT: unreachable,
};

function explanationOf({
  code = '',
  errcode,
  message = '',
  severity,
}: DatabaseFailure = {}): Explanation | undefined {
  // The lower byte of an extended code is the primary one.
  if (errcode !== undefined) return sqlite[errcode & 0xff];
  if (/^Connection terminated|connection error|timeout (?:exceeded|expired)/i.test(message))
    return unreachable;
  if (/does not support SSL|SSL connection/i.test(message) || /CERT|^ERR_(?:SSL|TLS)|^UNABLE_TO/.test(code))
    return unsafe;
  const known = others[code] ?? others[code.slice(0, 3)] ?? others[code.slice(0, 2)];
  return known ?? (severity === undefined ? undefined : unknown);
}

/** Errors of several addresses of one host have no message of their own. */
function messageOf(error: unknown): string {
  const { message, code } = error as DatabaseFailure;
  return message || code || String(error);
}
