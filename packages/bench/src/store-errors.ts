import { withoutSecrets } from './store-address.ts';

/** Does something with a store; where the database fails in a way that a person can mend, the message says how. */
export async function explained<Value>(address: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    const { problem, next } = explanationOf(error as DatabaseFailure) ?? {};
    if (problem === undefined) throw error;
    const message = `The results in ${withoutSecrets(address)} ${problem} (${messageOf(error)}). ${next}`;
    throw new Error(message, { cause: error });
  }
}

/** What a process has of a run that another has taken over, after this one was not heard of for the length of a lease. */
export class LostRunError extends Error {
  constructor(key: string, what: string) {
    super(`Run ${key} is no longer held by this process, so its ${what} was dropped.`);
  }
}

/** Whether it is one of those that a person can mend. */
export function isExplained(error: unknown): boolean {
  return explanationOf(error as DatabaseFailure) !== undefined;
}

interface DatabaseFailure {
  /** Of PostgreSQL (five characters), of the network, or of node:sqlite. */
  readonly code?: string;
  /** Of SQLite. */
  readonly errcode?: number;
  readonly message?: string;
}

interface Explanation {
  readonly problem: string;
  readonly next: string;
}

const again = 'What has ended is kept: the same command goes on from there.';

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
};
const refused: Explanation = {
  problem: 'are not open to this user',
  next: 'Check the user and the password in the address.',
};

/** Primary result codes of SQLite: sqlite.org/rescode.html. */
const sqlite: Readonly<Record<number, Explanation>> = {
  5: locked,
  6: locked,
  8: protectedFile,
  10: unreadable,
  13: full,
};

/** Codes of PostgreSQL, or their classes of two characters (its manual, appendix A), and of the network. */
const others: Readonly<Record<string, Explanation>> = {
  '08': unreachable,
  28: refused,
  '3D': {
    problem: 'are in a database that is not there',
    next: 'Create it (createdb), or give another address.',
  },
  53100: full,
  53300: {
    problem: 'cannot be reached: the server has too many connections',
    next: 'Raise its max_connections, or start fewer workers.',
  },
  '57P': unreachable,
  25006: protectedFile,
  42501: protectedFile,
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENOTFOUND: unreachable,
  EPIPE: unreachable,
  ETIMEDOUT: unreachable,
};

function explanationOf({ code = '', errcode, message = '' }: DatabaseFailure): Explanation | undefined {
  // The lower byte of an extended code is the primary one.
  if (errcode !== undefined) return sqlite[errcode & 0xff];
  if (/^Connection terminated|timeout (?:exceeded|expired)/i.test(message)) return unreachable;
  return others[code] ?? others[code.slice(0, 3)] ?? others[code.slice(0, 2)];
}

/** Errors of several addresses of one host have no message of their own. */
function messageOf(error: unknown): string {
  const { message, code } = error as DatabaseFailure;
  return message || code || String(error);
}
