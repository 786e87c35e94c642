import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { canonicalJson, hashOf } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import { checksumOf } from './checksum.ts';
import type { Store } from './contract.ts';
import { BATCH, dropDamaged, findRecords, missingRecords } from './ended-runs.ts';
import { DamagedRecordError, LostRunError, LostStoreError } from './errors.ts';
import { findHidden, type HiddenRow, type Indexes } from './hidden-rows.ts';
import { columnsOf, type StoreSchema, storable } from './rows.ts';

/** So many processes may die while they hold a run; then it is the run that kills them. */
const DEATHS = 3;

const signatures = new Set<string>();

/** A store's name for itself, with which it signs its claims: others on this machine can tell from it whether its process still lives. */
function sign(): string {
  const signature = `${hostname()}/${process.pid}/${randomUUID()}`;
  signatures.add(signature);
  return signature;
}

/** Whether a store that this process has open has signed so. */
export function isOurs(signature: string): boolean {
  return signatures.has(signature);
}

export interface StoreSetup {
  readonly kysely: Kysely<StoreSchema>;
  /** For messages. */
  readonly address: string;
  readonly lease?: number | undefined;
  /** The database's clock, the same for all who use the store: milliseconds since 1970. */
  readonly now: RawBuilder<number>;
  /** Does something with the database, says what a person can do where it fails, and may try it again: even if it was done, and that alone is not known. */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Does something with what another process would find now at the address. */
  anew<Value>(work: (kysely: Kysely<StoreSchema>) => Promise<Value>): Promise<Value>;
  /** Where they are a part of what may be damaged. */
  readonly indexes?: Indexes | undefined;
  /** Told of each record that this process reads or writes. */
  readonly seen?: ((record: RunRecord) => void) | undefined;
}

/** A store over tables that are there. */
export function createStore(setup: StoreSetup): Store {
  const { kysely, address, lease = 60_000, now, run, anew, indexes, seen = () => {} } = setup;
  const self = sign();
  const held = new Set<string>();
  /** Hashes of the records that stay: failed runs may be made again, by whomever. */
  const lasting = new Map<string, string>();
  /** Runs that are not in the store, and not hidden there either: to look at every row once is enough. */
  const sought = new Set<string>();
  const until = sql<number>`${now} + ${lease}`;
  const note = (record: RunRecord) => {
    seen(record);
    if (record.outcome.state !== 'failed') lasting.set(record.key, hashOf(record));
  };

  return {
    renewal: lease / 3,

    claim: ({ key, spec }) =>
      run(async () => {
        const claim = { state: 'running', worker: self, lease: until } as const;
        const taken = await kysely
          .insertInto('run')
          .values({ key, spec: canonicalJson(spec), ...claim })
          .onConflict((conflict) =>
            conflict
              .column('key')
              .doUpdateSet({
                ...claim,
                lost: sql<number>`case when run.state <> 'running' then 0 when run.lease < ${now} then run.lost + 1 else run.lost end`,
              })
              .where((is) =>
                is.or([
                  is('run.state', '=', 'failed'),
                  is.and([is('run.state', '=', 'running'), is('run.lease', '<', now)]),
                  // Granted before, but the answer did not come through.
                  ...(held.has(key)
                    ? []
                    : [is.and([is('run.state', '=', 'running'), is('run.worker', '=', self)])]),
                ]),
              ),
          )
          .returning('lost')
          .executeTakeFirst();
        if (taken) {
          held.add(key);
          return taken.lost < DEATHS ? 'yours' : 'deadly';
        }
        const row = await kysely.selectFrom('run').select('state').where('key', '=', key).executeTakeFirst();
        return row === undefined || row.state === 'running' ? 'held' : 'ended';
      }),

    renew: () =>
      run(async () => {
        await kysely
          .updateTable('run')
          .set({ lease: until })
          .where('worker', '=', self)
          .where('state', '=', 'running')
          .execute();
      }),

    release: (key) =>
      run(async () => {
        await kysely
          .deleteFrom('run')
          .where('key', '=', key)
          .where('worker', '=', self)
          .where('state', '=', 'running')
          .execute();
        held.delete(key);
      }),

    saveCheckpoint: (key, environment, state) =>
      run(async () => {
        await kysely.transaction().execute(async (transaction) => {
          const { numUpdatedRows } = await transaction
            .updateTable('run')
            // It gets on: whoever died, the run is not what kills them.
            .set({ lost: 0 })
            .where('key', '=', key)
            .where('worker', '=', self)
            .where('state', '=', 'running')
            .executeTakeFirstOrThrow();
          if (numUpdatedRows !== 1n) throw new LostRunError(key, 'checkpoint');
          const kept = { environment: canonicalJson(environment), state, checksum: checksumOf(state) };
          await transaction
            .insertInto('checkpoint')
            .values({ key, ...kept })
            .onConflict((conflict) => conflict.column('key').doUpdateSet(kept))
            .execute();
        });
      }),

    checkpoint: (key, environment) =>
      run(async () => {
        const row = await kysely
          .selectFrom('checkpoint')
          .select(['state', 'checksum'])
          .where('key', '=', key)
          .where('environment', '=', canonicalJson(environment))
          .executeTakeFirst();
        if (row === undefined) return null;
        return row.checksum === null || row.checksum === checksumOf(row.state) ? row.state : 'damaged';
      }),

    finish: (given) =>
      run(async () => {
        const record = storable(given);
        const { key, outcome } = record;
        const columns = columnsOf(record);
        await kysely.transaction().execute(async (transaction) => {
          const { numUpdatedRows } = await transaction
            .updateTable('run')
            .set(columns)
            .where('key', '=', key)
            .where('worker', '=', self)
            .where('state', '=', 'running')
            .executeTakeFirstOrThrow();
          if (numUpdatedRows !== 1n) {
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
        held.delete(key);
        note(record);
      }),

    records: (keys, onDamage) =>
      run(async () => {
        const found = await findRecords(kysely, keys);
        const there = new Set(found.map(({ key }) => key));
        const missing = new Set(keys.filter((key) => !there.has(key) && !sought.has(key)));
        const hidden = await findHidden(kysely, missing, indexes);
        for (const { key } of hidden) missing.delete(key);
        for (const key of missing) sought.add(key);
        for (const row of hidden) report(hiddenError(address, row), onDamage);
        return found.flatMap((one) => {
          if ('record' in one) {
            note(one.record);
            return [one.record];
          }
          report(new DamagedRecordError(address, one.key, one.damage), onDamage);
          return [];
        });
      }),

    dropDamaged: (key) => run(() => dropDamaged(kysely, key, indexes)),

    check: () =>
      run(async () => {
        const missing = await anew((found) => missingRecords(found, new Map(lasting)));
        if (missing.length === 0) return;
        throw new LostStoreError(
          address,
          `${missing.length} of ${lasting.size} records that this process knew are not there any more, or are others (run ${missing[0]})`,
          'Look who has changed them. The same command makes again what is missing.',
        );
      }),

    close() {
      // What it could not give back is free for who opens the store again.
      signatures.delete(self);
      return kysely.destroy();
    },
  };
}

function report(error: DamagedRecordError, onDamage?: (damage: DamagedRecordError) => void): void {
  if (onDamage === undefined) throw error;
  onDamage(error);
}

function hiddenError(address: string, { key, stored }: HiddenRow): DamagedRecordError {
  if (stored !== key) return new DamagedRecordError(address, key, `its row has the key ${stored}`);
  return new DamagedRecordError(
    address,
    key,
    'the index of the keys does not lead to its row',
    'scalpel run makes the index anew, as sqlite3 FILE REINDEX does, and loses nothing.',
  );
}
