import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { driverAddress, withoutSecrets } from './address.ts';
import type { Store, StoreOptions } from './contract.ts';
import { createStore } from './create-store.ts';
import { explained } from './explained.ts';
import { patienceOf } from './patience.ts';
import type { StoreSchema } from './rows.ts';
import { SCHEMA, TABLES, UPDATES } from './schema.ts';

/** The schema for the tables, in a database that may hold other things. */
const NAMESPACE = 'scalpel';

/** "Scal" in ASCII. A process holds this lock while it makes the tables. */
const LOCK = 0x5363616c;

/** The server's clock. Leases are compared, so the clocks of the machines must not matter. */
const now = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

export function openPostgresStore(address: string, options: StoreOptions): Promise<Store> {
  return explained(address, async () => {
    const pool = await connect(address);
    try {
      await prepare(pool, address);
      const kysely = pool.withSchema(NAMESPACE);
      const patience = patienceOf(options);
      return createStore({
        kysely,
        address,
        lease: options.lease,
        now,
        run: (work) => explained(address, work, patience),
        anew: (work) => work(kysely),
      });
    } catch (error) {
      await pool.destroy();
      throw error;
    }
  });
}

export function postgresHasStore(address: string): Promise<boolean> {
  return explained(address, async () => {
    const kysely = await connect(address);
    try {
      return (await versionOf(kysely)) !== null;
    } finally {
      await kysely.destroy();
    }
  });
}

async function connect(address: string): Promise<Kysely<StoreSchema>> {
  return new Kysely<StoreSchema>({ dialect: new PostgresDialect({ pool: await connectPool(address) }) });
}

/** Imported only when it is used, since most stores are files. */
async function connectPool(address: string): Promise<Pool> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({
    connectionString: driverAddress(address),
    max: 4,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // A connection that breaks while it is idle is replaced. Only a query that fails matters.
  pool.on('error', () => {});
  // Likewise for one that breaks between the statements of a transaction: without a listener it would end the
  // process.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
}

/** The version of our tables; null without tables. */
async function versionOf(kysely: Kysely<StoreSchema>): Promise<number | null> {
  // obj_description is avoided: its cache may lack what another process has just committed.
  const { rows } = await sql<{ version: string }>`
    select description as version from pg_description join pg_namespace on pg_namespace.oid = objoid
    where classoid = 'pg_namespace'::regclass and nspname = ${NAMESPACE}`.execute(kysely);
  const version = rows[0]?.version.match(/^Scalpel, schema version (\d+)$/)?.[1];
  return version === undefined ? null : Number(version);
}

/** Makes the tables or updates them. Several processes may do this at once. */
async function prepare(kysely: Kysely<StoreSchema>, address: string): Promise<void> {
  const before = await versionOf(kysely);
  if (before === SCHEMA) return;
  await kysely.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(LOCK)})`.execute(transaction);
    const version = await versionOf(transaction);
    if (version !== null && version > SCHEMA) {
      throw new Error(
        `The results at ${withoutSecrets(address)} have schema version ${version}, but this version of Scalpel reads ${SCHEMA}. ` +
          'They were left as they are. Update Scalpel, or name another store with --store.',
      );
    }
    const changes =
      version === null
        ? [`create schema ${NAMESPACE}`, `set local search_path to ${NAMESPACE}`, TABLES]
        : [
            `set local search_path to ${NAMESPACE}`,
            ...Object.entries(UPDATES).flatMap(([from, update]) => (Number(from) >= version ? [update] : [])),
          ];
    for (const change of changes) await sql.raw(change).execute(transaction);
    await sql
      .raw(`comment on schema ${NAMESPACE} is 'Scalpel, schema version ${SCHEMA}'`)
      .execute(transaction);
  });
}
