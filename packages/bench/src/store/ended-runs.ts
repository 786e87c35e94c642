import { type Kysely, sql } from 'kysely';
import { hashOf } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import { DamagedFileError } from './errors.ts';
import { findHidden, type Indexes } from './hidden-rows.ts';
import { recordOf, type StoreSchema } from './rows.ts';

/**
 * The number of keys in one statement. Bound parameters are limited to 32,766 by SQLite and to 65,535 by
 * PostgreSQL.
 */
export const BATCH = 5_000;

/**
 * Columns that stores of earlier versions lack. Such a store is read without an update if it cannot be
 * written.
 */
const LATER = { path: null, cost: null, curve: null, weights: null, checksum: null };

/** A record from the store, or the damage to it. */
export type Found =
  | { readonly key: string; readonly record: RunRecord }
  | { readonly key: string; readonly damage: string };

/** The records of those runs that have ended, in the order of the keys. */
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
      // The row has another key, so the index of the keys is wrong.
      if (!wanted.has(run.key)) throw new DamagedFileError(`row ${run.key} answers to the key of another`);
      found.set(
        run.key,
        read(run.key, () => recordOf({ ...LATER, ...run }, byRun.get(run.key) ?? [])),
      );
    }
  }
  return keys.flatMap((key) => found.get(key) ?? []);
}

function read(key: string, record: () => RunRecord): Found {
  try {
    return { key, record: record() };
  } catch (error) {
    return { key, damage: (error as Error).message };
  }
}

/**
 * Rebuilds the indexes, and then deletes the data of a run if its record is still damaged and no other
 * process has replaced it. Returns true if it was deleted.
 */
export function dropDamaged(
  kysely: Kysely<StoreSchema>,
  key: string,
  indexes: Indexes | undefined,
): Promise<boolean> {
  return kysely.transaction().execute(async (transaction) => {
    // With a damaged index the wrong rows would be deleted.
    await indexes?.rebuild(transaction);
    const [found] = await findRecords(transaction, [key]);
    if (found !== undefined && 'record' in found) return false;
    const [hidden] = found ? [] : await findHidden(transaction, new Set([key]), undefined);
    const stored = hidden?.stored ?? key;
    const row = await transaction
      .selectFrom('run')
      .select('ended')
      .where('key', '=', stored)
      .where('state', '!=', 'running')
      .executeTakeFirst();
    if (row === undefined) return false;
    await transaction.deleteFrom('metric').where('run', 'in', [key, stored]).execute();
    await transaction
      .deleteFrom('run')
      .where('key', '=', stored)
      .where('state', '!=', 'running')
      .where('ended', sql`is not distinct from`, row.ended)
      .execute();
    return true;
  });
}

/** The keys of those records that the store had, given with their hashes, and no longer has. */
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
