/**
 * True for the address of a PostgreSQL server, false for the path of a SQLite file on a local disk. Results
 * are kept in either.
 */
export function isPostgres(address: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(address);
}

/** The address without its password and options, for messages. */
export function withoutSecrets(address: string): string {
  if (!isPostgres(address)) return address;
  try {
    const { protocol, username, host, pathname } = new URL(address);
    return `${protocol}//${username && `${username}@`}${host}${pathname}`;
  } catch {
    return 'the PostgreSQL server';
  }
}

/**
 * The address for the driver. Its TLS mode gets the name that the driver uses for its behaviour: the driver
 * treats `prefer`, `require` and `verify-ca` as `verify-full`, with a warning of nine lines.
 */
export function driverAddress(address: string): string {
  if (/[?&]uselibpqcompat=/.test(address)) return address;
  return address.replace(/(?<=[?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/g, 'verify-full');
}

const form = 'postgres://user:password@host:port/database';

/**
 * The problem of an address and its solution, worded to follow the name of its source. Null for a valid
 * address of a server or path of a file. A text that is almost the address of a server is refused as a path:
 * it would become a folder with a password in its name. Only the scheme of such a text appears in the
 * message.
 */
export function addressProblem(address: string): string | null {
  if (isPostgres(address)) {
    if (isWellFormed(address)) return null;
    return `is not the address of a PostgreSQL database. Give ${form}, and %XX for special characters in the password.`;
  }
  const scheme = address.match(/^([a-z][a-z\d+.-]*):\/\//i)?.[1];
  if (scheme !== undefined) {
    return `begins with ${scheme}://, which holds no results. Give the path of a file, or ${form}.`;
  }
  if (!isNearlyServer(address.replace(/^[\s"'<(]+/, ''))) return null;
  return `looks like the address of a server, but does not begin with postgres://. Give ${form}; a file of such a name is given with its folder, as in ./name.`;
}

/** Throws unless the text is the address of a server or the path of a file. */
export function checkAddress(address: string): void {
  const problem = addressProblem(address);
  if (problem !== null) throw new Error(`The address of the store ${problem}`);
}

/**
 * False if a special character is not written as %XX. It would split a password, whose rest would look like a
 * host or a database.
 */
function isWellFormed(address: string): boolean {
  if (/[\s\\#]/.test(address) || !URL.canParse(address)) return false;
  const { pathname, search } = new URL(address);
  return !`${pathname}${search}`.includes('@');
}

function isNearlyServer(address: string): boolean {
  return (
    isPostgres(address) ||
    // A colon before the first folder, after more than a drive letter: this is a scheme, a port or a
    // password.
    /^[^/\\]{2,}:/.test(address) ||
    /^[^/\\]+@[^/\\]+[/\\]/.test(address) ||
    /^postgres[^/\\]*[/\\]{2}/i.test(address) ||
    /^[/\\]{2}[^/\\]*@/.test(address) ||
    // Settings as psql and other programs take them: "host=… password=…", or with semicolons.
    (/^\w[\w ]*=/.test(address) &&
      /(?:^|[\s;])(?:host|hostaddr|server|user|username|password|pwd|dbname|database|service)\s*=/i.test(
        address,
      ))
  );
}
