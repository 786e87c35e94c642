import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { openDatabase } from './database.ts';

/** True if this process may write to a file and to its folder. SQLite needs both. */
export function mayWrite(path: string): boolean {
  try {
    for (const place of [path, dirname(path)]) accessSync(place, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a SQLite file that can only be read. Throws if a process ended without closing it and left results in
 * a file beside it: they cannot be read without writing.
 */
export function openUnwritable(path: string, timeout: number): DatabaseSync {
  // Another process has it open, and shares its index of results that are not yet in the file.
  if (sizeOf(`${path}-shm`) > 0) return openDatabase(path, { readOnly: true, timeout });
  if (sizeOf(`${path}-wal`) > 0) {
    throw new Error(
      `it may not be written here, and its latest results are still in ${path}-wal. Copy both to a folder that may be written, and name the copy with --store`,
    );
  }
  // Without `immutable` SQLite writes beside the file even to read it.
  return openDatabase(`${pathToFileURL(path).href}?immutable=1`, { readOnly: true });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
