import { type Kysely, sql } from 'kysely';
import { checksumOf } from './checksum.ts';
import { isExplained } from './explained.ts';
import type { StoreSchema } from './rows.ts';

/** The indexes of a database in which a damaged one may lead to no row. */
export interface Indexes {
  /** Keys of the rows to which the index of the keys does not lead. */
  unreachable(kysely: Kysely<StoreSchema>): Promise<readonly string[]>;
  /** Makes them anew from the rows. */
  rebuild(kysely: Kysely<StoreSchema>): Promise<void>;
}

/** A row of a run that is not found by the key of the run. */
export interface HiddenRow {
  readonly key: string;
  /** The key in the row: if it is that of the run, the index is what hides it. */
  readonly stored: string;
}

/** Looks at every row for those of the given runs that a search by key does not find: what is missing may be there, but damaged. */
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
  // Specs are stored as canonical JSON, whose hash is the key. A damaged one need not be text.
  const misnamed = rows.map(({ key: stored, spec }) => ({ key: checksumOf(String(spec)), stored }));
  return [
    ...unreachable.map((key) => ({ key, stored: key })),
    ...misnamed.filter(({ key, stored }) => key !== stored),
  ].filter(({ key }) => keys.has(key));
}

/** How SQLite calls the index of the keys of runs. */
const KEYS = sql.ref('sqlite_autoindex_run_1');

export const sqliteIndexes = (file: string): Indexes => ({
  async unreachable(kysely) {
    // In one statement, which sees the rows and the index at one moment.
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
      // A run was made again beside a row that was hidden, say.
      throw new Error(
        `The results in ${file} are damaged: their indexes cannot be made anew (${(error as Error).message}). ` +
          'Copy the file, and try sqlite3 FILE .recover on the copy; or move it away to start afresh.',
        { cause: error },
      );
    }
  },
});
