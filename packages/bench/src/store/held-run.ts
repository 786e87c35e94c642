import type { Kysely, Transaction, UpdateObject } from 'kysely';
import { canonicalJson } from '../plan/index.ts';
import type { Environment, RunRecord } from '../records/index.ts';
import { checksumOf } from './checksum.ts';
import { BATCH } from './ended-runs.ts';
import { LostRunError } from './errors.ts';
import { columnsOf, type StoreSchema } from './rows.ts';

// Writes to a run that this store holds.

/** Stores a checkpoint. Throws a `LostRunError` if the run is not held under this signature. */
export async function saveCheckpoint(
  kysely: Kysely<StoreSchema>,
  self: string,
  key: string,
  environment: Environment,
  state: Uint8Array,
): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    // A run with a new checkpoint makes progress, so it is not the cause of earlier deaths.
    if (!(await updateHeld(transaction, self, key, { lost: 0 }))) throw new LostRunError(key, 'checkpoint');
    const kept = { environment: canonicalJson(environment), state, checksum: checksumOf(state) };
    await transaction
      .insertInto('checkpoint')
      .values({ key, ...kept })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(kept))
      .execute();
  });
}

/** The last checkpoint from the same environment. */
export async function readCheckpoint(
  kysely: Kysely<StoreSchema>,
  key: string,
  environment: Environment,
): Promise<Uint8Array | 'damaged' | null> {
  const row = await kysely
    .selectFrom('checkpoint')
    .select(['state', 'checksum'])
    .where('key', '=', key)
    .where('environment', '=', canonicalJson(environment))
    .executeTakeFirst();
  if (row === undefined) return null;
  return row.checksum === null || row.checksum === checksumOf(row.state) ? row.state : 'damaged';
}

/**
 * Writes the outcome and its metrics together or not at all, and deletes the checkpoint. Throws a
 * `LostRunError` if the run is not held under this signature.
 */
export async function writeOutcome(
  kysely: Kysely<StoreSchema>,
  self: string,
  record: RunRecord,
): Promise<void> {
  const { key, outcome } = record;
  const columns = columnsOf(record);
  await kysely.transaction().execute(async (transaction) => {
    if (!(await updateHeld(transaction, self, key, columns))) {
      const row = await transaction
        .selectFrom('run')
        .select('checksum')
        .where('key', '=', key)
        .executeTakeFirst();
      // The outcome was written before, but the answer was lost.
      if (row?.checksum === columns.checksum) return;
      throw new LostRunError(key, 'outcome');
    }
    await transaction.deleteFrom('checkpoint').where('key', '=', key).execute();
    const metrics = outcome.state === 'finished' ? Object.entries(outcome.metrics) : [];
    const rows = metrics.map(([name, value]) => ({ run: key, name, value }));
    for (let start = 0; start < rows.length; start += BATCH) {
      await transaction
        .insertInto('metric')
        .values(rows.slice(start, start + BATCH))
        .execute();
    }
  });
}

/** Changes a run that is held under this signature. Returns false if it is not held. */
async function updateHeld(
  transaction: Transaction<StoreSchema>,
  self: string,
  key: string,
  changes: UpdateObject<StoreSchema, 'run'>,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable('run')
    .set(changes)
    .where('key', '=', key)
    .where('worker', '=', self)
    .where('state', '=', 'running')
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
