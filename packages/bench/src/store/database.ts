import type { DatabaseSync, DatabaseSyncOptions } from 'node:sqlite';

/**
 * Opens a file with Node's own SQLite. The module is looked up only here, so that an older Node shows this
 * message and not an import error. Errors of SQLite are thrown as they are.
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
