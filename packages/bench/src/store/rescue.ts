import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { hashOf } from '../plan/index.ts';
import { type RunRecord, toJsonLines } from '../records/index.ts';
import { missingRecords } from './ended-runs.ts';
import { openStoreFile } from './file.ts';
import type { StoreSchema } from './rows.ts';
import { sqliteDriver } from './sqlite-driver.ts';
import { writeWhole } from './write-whole.ts';

/**
 * Saves what it can of a store whose file was lost, in a file beside it. If the file was deleted or renamed,
 * the system still has it for processes that opened it before, and the copy is a whole store. Otherwise it
 * holds the records that this process knows. Returns a message for people with the place of the copy and the
 * next step.
 */
export async function rescue(
  file: string,
  kysely: Kysely<StoreSchema>,
  known: readonly RunRecord[],
): Promise<string> {
  const path = resolve(file);
  const name = `${basename(path)}.rescued-${Date.now()}-${process.pid}`;
  for (const folder of [dirname(path), tmpdir()]) {
    const beside = join(folder, name);
    try {
      mkdirSync(folder, { recursive: true });
    } catch {
      continue;
    }
    if (await copied(kysely, `${beside}.sqlite`, known)) {
      return `What could be kept is in ${beside}.sqlite, with all ${known.length} records that this process knew. The same command goes on from there with --store ${beside}.sqlite.`;
    }
    if (known.length === 0) return 'The same command begins anew, once what is there was moved away.';
    try {
      writeWhole(`${beside}.jsonl`, toJsonLines(known));
      return `The ${known.length} records that this process knew are in ${beside}.jsonl: scalpel leaderboard shows them with --records.`;
    } catch {}
  }
  return 'They could not be written anywhere else either. The same command begins anew.';
}

/** Makes a whole copy. Returns true if it holds everything that this process knows. */
async function copied(
  kysely: Kysely<StoreSchema>,
  copy: string,
  known: readonly RunRecord[],
): Promise<boolean> {
  try {
    await sql`vacuum into ${copy}`.execute(kysely);
    const database = sqliteDriver(openStoreFile(copy));
    const opened = new Kysely<StoreSchema>({ dialect: new SqliteDialect({ database }) });
    try {
      const lasting = known.filter(({ outcome }) => outcome.state !== 'failed');
      const had = new Map(lasting.map((record) => [record.key, hashOf(record)]));
      if ((await missingRecords(opened, had)).length === 0) return true;
    } finally {
      await opened.destroy();
    }
  } catch {}
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${copy}${end}`, { force: true });
  return false;
}
