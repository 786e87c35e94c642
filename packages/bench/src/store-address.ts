/** Where results are kept: the address of a PostgreSQL server, or the path of a SQLite file on a local disk. */
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
