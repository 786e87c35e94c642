import { type Kysely, sql } from 'kysely';
import { hashOf } from './canonical.ts';
import type { RunRecord } from './record.ts';
import { recordOf, type StoreSchema } from './store-rows.ts';

/** Bound parameters of one statement are limited: to 32,766 by SQLite, to 65,535 by PostgreSQL. */
export const BATCH = 5_000;

/** Columns that a store of an earlier version lacks, which is read as it is where it may not be written. */
const LATER = { path: null, cost: null, checksum: null };

/** A record as it is in the store, or why what is there is none. */
export type Found =
  | { readonly key: string; readonly record: RunRecord }
  | { readonly key: string; readonly damage: string };

/** What the store has of those of the runs that have ended, in the order of the keys. */
export async function findRecords(
  kysely: Kysely<StoreSchema>,
  keys: readonly string[],
): Promise<readonly Found[]> {
  const found = new Map<string, Found>();
  for (const batch of batches(keys)) {
    const wanted = new Set(batch);
    const runs = await kysely
      .selectFrom('run')
      .selectAll()
      .where('key', 'in', batch)
      .where('state', '!=', 'running')
      .execute();
    const metrics = await kysely.selectFrom('metric').selectAll().where('run', 'in', batch).execute();
    const byRun = Map.groupBy(metrics, ({ run }) => run);
    for (const run of runs) {
      // Found by the index of the keys, whose entry is not the row's.
      if (!wanted.has(run.key)) throw new MisplacedRowError(run.key);
      found.set(
        run.key,
        read(run.key, () => recordOf({ ...LATER, ...run }, byRun.get(run.key) ?? [])),
      );
    }
  }
  return keys.flatMap((key) => found.get(key) ?? []);
}

/** With the code by which SQLite says that a file is damaged. */
class MisplacedRowError extends Error {
  readonly errcode = 11;

  constructor(key: string) {
    super(`row ${key} answers to the key of another`);
  }
}

function read(key: string, record: () => RunRecord): Found {
  try {
    return { key, record: record() };
  } catch (error) {
    return { key, damage: (error as Error).message };
  }
}

/** Deletes what there is of a run whose record is damaged, unless another process has replaced it meanwhile. */
export function dropDamaged(kysely: Kysely<StoreSchema>, key: string): Promise<void> {
  return kysely.transaction().execute(async (transaction) => {
    const [found] = await findRecords(transaction, [key]);
    if (found === undefined || !('damage' in found)) return;
    const { ended } = await transaction
      .selectFrom('run')
      .select('ended')
      .where('key', '=', key)
      .executeTakeFirstOrThrow();
    await transaction.deleteFrom('metric').where('run', '=', key).execute();
    await transaction
      .deleteFrom('run')
      .where('key', '=', key)
      .where('state', '!=', 'running')
      .where('ended', sql`is not distinct from`, ended)
      .execute();
  });
}

/** Which of the records that a store had, by key with their hashes, it has no more. */
export async function missingRecords(
  kysely: Kysely<StoreSchema>,
  had: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const found = await findRecords(kysely, [...had.keys()]);
  const now = new Map(found.map((one) => [one.key, 'record' in one ? hashOf(one.record) : null]));
  return [...had].flatMap(([key, hash]) => (now.get(key) === hash ? [] : [key]));
}

function batches(keys: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, index) =>
    keys.slice(index * BATCH, (index + 1) * BATCH),
  );
}
