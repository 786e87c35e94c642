/** The fields of errors from databases and their drivers. */
export interface DatabaseFailure {
  /** The code of PostgreSQL (five characters), of the network or of node:sqlite. */
  readonly code?: string;
  /** The code of SQLite. */
  readonly errcode?: number;
  readonly message?: string;
  /** The severity, from PostgreSQL. */
  readonly severity?: string;
}

/** The state of the results after an error, and the next step. */
export interface Explanation {
  readonly problem: string;
  readonly next: string;
  /** True if the same may work a moment later. */
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
export const damaged: Explanation = {
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

/**
 * Codes of PostgreSQL or their classes of two characters (its manual, appendix A), and codes of the network.
 */
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

/** The explanation of a failure; undefined if a person cannot solve it. */
export function explanationOf({
  code = '',
  errcode,
  message = '',
  severity,
}: DatabaseFailure = {}): Explanation | undefined {
  // The lower byte of an extended code is the primary code.
  if (errcode !== undefined) return sqlite[errcode & 0xff];
  if (/^Connection terminated|connection error|timeout (?:exceeded|expired)/i.test(message))
    return unreachable;
  if (/does not support SSL|SSL connection/i.test(message) || /CERT|^ERR_(?:SSL|TLS)|^UNABLE_TO/.test(code))
    return unsafe;
  const known = others[code] ?? others[code.slice(0, 3)] ?? others[code.slice(0, 2)];
  return known ?? (severity === undefined ? undefined : unknown);
}
