import { closeSync, existsSync, linkSync, mkdirSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from './database.ts';
import { isDamage, isExplained } from './explained.ts';
import { SCHEMA, TABLES, UPDATES } from './schema.ts';
import { mayWrite, openUnwritable } from './unwritable.ts';

/** "Scal" in ASCII. A SQLite file names its application by this number (byte 68 of its header). */
const APPLICATION = 0x5363616c;

/** The default of `timeout`, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Opens the results in a SQLite file, and makes the file if it does not exist. Throws for a file that is
 * damaged, or of another program or a newer version, and leaves it as it is. Errors that `explained` knows
 * are thrown unchanged. A file that cannot be written can still be read. `timeout` is the longest wait, in
 * milliseconds, for another program that writes.
 */
export function openStoreFile(file: string, timeout: number = PATIENCE): DatabaseSync {
  const path = resolve(file);
  // The file beside it is looked up first, since the database file exists before it.
  const hasRest = existsSync(`${path}-wal`);
  if (!existsSync(path)) {
    // SQLite would copy these rest data into the new file, and take them from a process that still has the
    // old one open.
    if (hasRest) {
      const next = `Put the file back, or move ${path}-wal and ${path}-shm away to start afresh.`;
      throw refusal(path, 'is gone, but its latest changes still lie beside it', next);
    }
    createStoreFile(path);
  }
  checkHeader(path);
  let database: DatabaseSync | undefined;
  try {
    const writable = mayWrite(path);
    database = writable ? openDatabase(path, { timeout }) : openUnwritable(path, timeout);
    checkPages(database, path);
    if (writable) {
      update(database);
      database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    }
    return database;
  } catch (error) {
    database?.close();
    if (error instanceof StoreFileError) throw error;
    if (isDamage(error)) throw refusal(path, `is damaged (${messageOf(error)})`);
    if (isExplained(error)) throw error;
    throw refusal(path, `cannot be opened (${messageOf(error)})`);
  }
}

/** Opens a store again, to see what another process would find now. */
export function lookAt(file: string, timeout: number = PATIENCE): DatabaseSync {
  return openDatabase(resolve(file), { readOnly: true, timeout });
}

class StoreFileError extends Error {}

/**
 * The file is made under another name and then renamed. So neither a killed process nor a second one leaves
 * half a store.
 */
function createStoreFile(path: string): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    try {
      rmSync(draft, { force: true });
      const database = openDatabase(draft);
      database.exec(
        `begin; ${TABLES} pragma application_id = ${APPLICATION}; pragma user_version = ${SCHEMA}; commit;`,
      );
      database.close();
      linkSync(draft, path);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && existsSync(path)) return;
    if (isExplained(error)) throw error;
    throw refusal(path, `cannot be made (${messageOf(error)})`, 'Name another file with --store.');
  }
}

/** Reads the bytes only. Opening the file as a database may already write beside it. */
function checkHeader(path: string): void {
  if (!statSync(path).isFile()) throw refusal(path, 'is not a file');
  const descriptor = openSync(path, 'r');
  try {
    const { problem, next } = headerProblem(descriptor) ?? {};
    if (problem !== undefined) throw refusal(path, problem, next);
  } finally {
    closeSync(descriptor);
  }
}

interface Problem {
  readonly problem: string;
  readonly next?: string;
}

/** The reason, from its first bytes, why an open file is no store for this version; null if it is one. */
export function headerProblem(descriptor: number): Problem | null {
  const bytes = Buffer.alloc(100);
  const header = bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
  if (header.length === 0) return { problem: 'is empty' };
  if (header.length < 100 || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    return { problem: 'is not a SQLite database, or its beginning is damaged' };
  }
  if (header.readUInt32BE(68) !== APPLICATION) {
    return { problem: 'is a SQLite database, but not one that Scalpel made' };
  }
  const schema = header.readUInt32BE(60);
  if (schema <= SCHEMA) return null;
  return {
    problem: `has schema version ${schema}, but this version of Scalpel reads ${SCHEMA}`,
    next: 'It was left as it is. Update Scalpel, or name another file with --store.',
  };
}

function checkPages(database: DatabaseSync, path: string): void {
  const [{ quick_check: found } = { quick_check: 'no answer' }] = database
    .prepare('pragma quick_check(1)')
    .all() as { quick_check: string }[];
  if (found !== 'ok') throw refusal(path, `is damaged (${found})`);
}

function update(database: DatabaseSync): void {
  const version = () => Number(database.prepare('pragma user_version').get()!.user_version);
  if (version() === SCHEMA) return;
  database.exec('begin immediate');
  // Another process may have been faster.
  for (let schema = version(); schema < SCHEMA; schema++) database.exec(UPDATES[schema]!);
  database.exec(`pragma user_version = ${SCHEMA}; commit`);
}

function refusal(
  path: string,
  problem: string,
  next = 'It was left as it is. Move it away to start afresh, or name another file with --store.',
): StoreFileError {
  return new StoreFileError(`The results file ${path} ${problem}. ${next}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
