import type { Kysely, RawBuilder } from 'kysely';
import { hashOf } from '../plan/index.ts';
import type { RunRecord } from '../records/index.ts';
import { createClaims } from './claims.ts';
import type { Store } from './contract.ts';
import { dropDamaged, findRecords, missingRecords } from './ended-runs.ts';
import { DamagedRecordError, LostStoreError } from './errors.ts';
import { readCheckpoint, saveCheckpoint, writeOutcome } from './held-run.ts';
import { findHidden, type HiddenRow, type Indexes } from './hidden-rows.ts';
import { type StoreSchema, storable } from './rows.ts';
import { forget, sign } from './signature.ts';

export interface StoreSetup {
  readonly kysely: Kysely<StoreSchema>;
  /** The address as messages show it. */
  readonly address: string;
  readonly lease?: number | undefined;
  /** The database's clock in milliseconds since 1970, the same for all users of the store. */
  readonly now: RawBuilder<number>;
  /**
   * Runs work on the database and explains its failures. It may run the work again, even after the work was
   * done but its answer was lost.
   */
  run<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Runs work on the content that another process would find at the address now. */
  anew<Value>(work: (kysely: Kysely<StoreSchema>) => Promise<Value>): Promise<Value>;
  /** The indexes, for databases in which they can be damaged. */
  readonly indexes?: Indexes | undefined;
  /** Receives each record that this process reads or writes. */
  readonly seen?: ((record: RunRecord) => void) | undefined;
}

/** Makes a store over existing tables. */
export function createStore(setup: StoreSetup): Store {
  const { kysely, lease = 60_000, now, run, seen = () => {} } = setup;
  const self = sign();
  const claims = createClaims(kysely, self, lease, now);
  /**
   * The hashes of the records that must stay. Failed runs are left out, since any process may make them
   * again.
   */
  const lasting = new Map<string, string>();
  const note = (record: RunRecord) => {
    seen(record);
    if (record.outcome.state !== 'failed') lasting.set(record.key, hashOf(record));
  };
  return {
    renewal: lease / 3,
    claim: (wanted) => run(() => claims.claim(wanted)),
    renew: () => run(() => claims.renew()),
    release: (key) => run(() => claims.release(key)),
    saveCheckpoint: (key, environment, state) =>
      run(() => saveCheckpoint(kysely, self, key, environment, state)),
    checkpoint: (key, environment) => run(() => readCheckpoint(kysely, key, environment)),
    finish: (given) =>
      run(async () => {
        const record = storable(given);
        await writeOutcome(kysely, self, record);
        claims.ended(record.key);
        note(record);
      }),
    records: recordsOf(setup, note),
    dropDamaged: (key) => run(() => dropDamaged(kysely, key, setup.indexes)),
    check: () => run(() => checkLasting(setup, new Map(lasting))),
    close() {
      forget(self);
      return kysely.destroy();
    },
  };
}

/** `note` receives each record that was found. */
function recordsOf(
  { kysely, address, run, indexes }: StoreSetup,
  note: (record: RunRecord) => void,
): Store['records'] {
  /** Runs that are neither in the store nor hidden there. One search through all rows is enough for them. */
  const sought = new Set<string>();
  return (keys, onDamage) =>
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
    });
}

/**
 * Throws a `LostStoreError` if records, given by their keys with their hashes, are no longer at the address.
 */
async function checkLasting(
  { address, anew }: StoreSetup,
  lasting: ReadonlyMap<string, string>,
): Promise<void> {
  const missing = await anew((found) => missingRecords(found, lasting));
  if (missing.length === 0) return;
  throw new LostStoreError(
    address,
    `${missing.length} of ${lasting.size} records that this process knew are not there any more, or are others (run ${missing[0]})`,
    'Look who has changed them. The same command makes again what is missing.',
  );
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
