import type { Kysely, Transaction, UpdateObject } from 'kysely';
import { canonicalJson } from '../plan/index.ts';
import type { Environment, RunRecord } from '../records/index.ts';
import { checksumOf } from './checksum.ts';
import { BATCH } from './ended-runs.ts';
import { LostRunError } from './errors.ts';
import { columnsOf, type StoreSchema } from './rows.ts';

// What a store writes of a run that it holds, as long as it holds it.

/** Keeps how far a run has got. Throws a `LostRunError` if it is not held under this signature. */
export async function saveCheckpoint(
  kysely: Kysely<StoreSchema>,
  self: string,
  key: string,
  environment: Environment,
  state: Uint8Array,
): Promise<void> {
  await kysely.transaction().execute(async (transaction) => {
    // It gets on: whoever died, the run is not what kills them.
    if (!(await updateHeld(transaction, self, key, { lost: 0 }))) throw new LostRunError(key, 'checkpoint');
    const kept = { environment: canonicalJson(environment), state, checksum: checksumOf(state) };
    await transaction
      .insertInto('checkpoint')
      .values({ key, ...kept })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(kept))
      .execute();
  });
}

/** What was kept last in the same environment. */
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

/** Writes the outcome and its metrics together or not at all, and drops the checkpoint. Throws a `LostRunError` if the run is not held under this signature. */
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
      // Written before, but the answer did not come through.
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

/** Whether the run is held under this signature, and so was changed. */
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
