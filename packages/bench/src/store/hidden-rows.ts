import { type Kysely, sql } from 'kysely';
import { checksumOf } from './checksum.ts';
import { isExplained } from './explained.ts';
import type { StoreSchema } from './rows.ts';

/** The indexes of a database in which a damaged index can hide rows. */
export interface Indexes {
  /** The keys of rows that the index of the keys does not find. */
  unreachable(kysely: Kysely<StoreSchema>): Promise<readonly string[]>;
  /** Rebuilds the indexes from the rows. */
  rebuild(kysely: Kysely<StoreSchema>): Promise<void>;
}

/** The row of a run that a search by the run's key does not find. */
export interface HiddenRow {
  readonly key: string;
  /** The key in the row. If it is the key of the run, then the index hides the row. */
  readonly stored: string;
}

/**
 * Searches every row for the given runs, which a search by key did not find: their rows may exist but be
 * damaged.
 */
export async function findHidden(
  kysely: Kysely<StoreSchema>,
  keys: ReadonlySet<string>,
  indexes: Indexes | undefined,
): Promise<readonly HiddenRow[]> {
  if (keys.size === 0) return [];
  const unreachable = (await indexes?.unreachable(kysely)) ?? [];
  const rows = await kysely
    .selectFrom('run')
    .select(['key', 'spec'])
    .where('state', '!=', 'running')
    .execute();
  // Specs are stored as canonical JSON, whose hash is the key. A damaged one may be no text.
  const misnamed = rows.map(({ key: stored, spec }) => ({ key: checksumOf(String(spec)), stored }));
  return [
    ...unreachable.map((key) => ({ key, stored: key })),
    ...misnamed.filter(({ key, stored }) => key !== stored),
  ].filter(({ key }) => keys.has(key));
}

/** SQLite's name for the index of the keys of runs. */
const KEYS = sql.ref('sqlite_autoindex_run_1');

export const sqliteIndexes = (file: string): Indexes => ({
  async unreachable(kysely) {
    // One statement sees the rows and the index at the same moment.
    const { rows } = await sql<{ key: string }>`
      select key from run not indexed
      where not exists (select 1 from run as same indexed by ${KEYS} where same.key = run.key)`.execute(
      kysely,
    );
    return rows.map(({ key }) => key);
  },
  async rebuild(kysely) {
    try {
      await sql`reindex`.execute(kysely);
    } catch (error) {
      if (isExplained(error)) throw error;
      // One cause is a run that was made again while its row was hidden.
      throw new Error(
        `The results in ${file} are damaged: their indexes cannot be made anew (${(error as Error).message}). ` +
          'Copy the file, and try sqlite3 FILE .recover on the copy; or move it away to start afresh.',
        { cause: error },
      );
    }
  },
});
