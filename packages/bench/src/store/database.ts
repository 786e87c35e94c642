import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite';

/**
 * Opens a file with Node's own SQLite. It is looked up only here, so that an older Node gets this message and not that of an import. Throws what SQLite
 * throws, too.
 */
export function openDatabase(path: string, options: DatabaseSyncOptions = {}): DatabaseSync {
  const sqlite = process.getBuiltinModule?.('node:sqlite');
  if (sqlite === undefined) {
    throw new Error(
      `Stores and sweeps need Node 22.18 or later, and this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
    );
  }
  return new sqlite.DatabaseSync(path, options);
}
