import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { openDatabase } from './database.ts';

/** Whether this process may write to a file, and beside it: SQLite needs both. */
export function mayWrite(path: string): boolean {
  try {
    for (const place of [path, dirname(path)]) accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a SQLite file that may be read alone. Throws where a part of the results lies beside it, left by a process that ended without closing it, and cannot be
 * taken in without writing.
 */
export function openUnwritable(path: string, timeout: number): DatabaseSync {
  // Somebody else has it open, and shares the index of what is not in the file yet.
  if (sizeOf(`${path}-shm`) > 0) return openDatabase(path, { readOnly: true, timeout });
  if (sizeOf(`${path}-wal`) > 0) {
    throw new Error(
      `it may not be written here, and its latest results are still in ${path}-wal. Copy both to a folder that may be written, and name the copy with --store`,
    );
  }
  // Without that promise SQLite wants to write beside it even to read.
  return openDatabase(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
