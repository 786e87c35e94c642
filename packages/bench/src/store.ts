import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Kysely, SqliteDialect } from 'kysely';
import { canonicalJson } from './canonical.ts';
import type { RunRecord } from './record.ts';
import type { RunSpec } from './spec.ts';
import { sqliteDriver } from './sqlite-driver.ts';
import { openStoreFile } from './store-file.ts';
import { columnsOf, recordOf, type StoreSchema } from './store-rows.ts';

/** A run is held for so long, unless the lease is renewed before; then others may take it. Milliseconds. */
const LEASE = 60_000;

/** A third of the lease: two renewals may fail before it is lost. */
export const RENEWAL: number = LEASE / 3;

/** What `claim` found: the run is yours; another process is at it; or there is nothing left to do. */
export type Claim = 'yours' | 'held' | 'ended';

/** Outcomes that last: claims are atomic, so that several processes may work on one store. */
export interface Store {
  /** Takes a run that nobody has started, that failed, or whose holder is gone. Finished and diverged runs stay. */
  claim(run: { readonly key: string; readonly spec: RunSpec }): Promise<Claim>;
  /** Call every `RENEWAL` ms while runs that this process has claimed go on. */
  renew(): Promise<void>;
  /** Gives a claimed run back without an outcome. */
  release(key: string): Promise<void>;
  /** Writes the outcome and its metrics together or not at all. Throws if the run is not held by this process any more. */
  finish(record: RunRecord): Promise<void>;
  /** Those of the given runs that have ended, in the order of the keys. */
  records(keys: readonly string[]): Promise<readonly RunRecord[]>;
  close(): Promise<void>;
}

/** This process, as it signs its claims: others on this machine can tell from it whether it still lives. */
const SELF = `${hostname()}/${process.pid}/${randomUUID()}`;

/** Bound parameters of one statement are limited. */
const BATCH = 5_000;

/** Opens the store in a file, which is made if it is not there. Throws for a file that is not a store, and leaves it as it is. */
export async function openStore(file: string): Promise<Store> {
  const kysely = new Kysely<StoreSchema>({
    dialect: new SqliteDialect({ database: sqliteDriver(openStoreFile(file)) }),
  });
  await expireDead(kysely);

  return {
    async claim({ key, spec }) {
      const now = Date.now();
      const held = { state: 'running', worker: SELF, lease: now + LEASE } as const;
      const taken = await kysely
        .insertInto('run')
        .values({ key, spec: canonicalJson(spec), ...held })
        .onConflict((conflict) =>
          conflict
            .column('key')
            .doUpdateSet(held)
            .where((is) =>
              is.or([
                is('run.state', '=', 'failed'),
                is.and([is('run.state', '=', 'running'), is('run.lease', '<', now)]),
              ]),
            ),
        )
        .returning('key')
        .executeTakeFirst();
      if (taken) return 'yours';
      const row = await kysely.selectFrom('run').select('state').where('key', '=', key).executeTakeFirst();
      return row === undefined || row.state === 'running' ? 'held' : 'ended';
    },

    async renew() {
      await kysely
        .updateTable('run')
        .set({ lease: Date.now() + LEASE })
        .where('worker', '=', SELF)
        .where('state', '=', 'running')
        .execute();
    },

    async release(key) {
      await kysely
        .deleteFrom('run')
        .where('key', '=', key)
        .where('worker', '=', SELF)
        .where('state', '=', 'running')
        .execute();
    },

    async finish(record) {
      const { key, outcome } = record;
      const { metrics, ...end } = columnsOf(outcome);
      await kysely.transaction().execute(async (transaction) => {
        const { numUpdatedRows } = await transaction
          .updateTable('run')
          .set({
            ...end,
            worker: null,
            lease: null,
            environment: canonicalJson(record.environment),
            started: record.started,
            ended: record.ended,
            seconds: record.seconds,
            path: record.path === undefined ? null : canonicalJson(record.path),
          })
          .where('key', '=', key)
          .where('worker', '=', SELF)
          .where('state', '=', 'running')
          .executeTakeFirstOrThrow();
        if (numUpdatedRows !== 1n) {
          throw new Error(`Run ${key} is no longer held by this process, so its outcome was dropped.`);
        }
        const rows = Object.entries(metrics).map(([name, value]) => ({ run: key, name, value }));
        for (let start = 0; start < rows.length; start += BATCH) {
          await transaction
            .insertInto('metric')
            .values(rows.slice(start, start + BATCH))
            .execute();
        }
      });
    },

    async records(keys) {
      const found = new Map<string, RunRecord>();
      for (let start = 0; start < keys.length; start += BATCH) {
        const batch = keys.slice(start, start + BATCH);
        const runs = await kysely
          .selectFrom('run')
          .selectAll()
          .where('key', 'in', batch)
          .where('state', '!=', 'running')
          .execute();
        const metrics = await kysely
          .selectFrom('metric')
          .selectAll()
          .where('run', 'in', batch)
          .orderBy('name')
          .execute();
        const byRun = Map.groupBy(metrics, ({ run }) => run);
        for (const run of runs) found.set(run.key, recordOf(run, byRun.get(run.key) ?? []));
      }
      return keys.flatMap((key) => found.get(key) ?? []);
    },

    close: () => kysely.destroy(),
  };
}

/** Runs whose process on this machine has died can go on at once, instead of when their lease ends. */
async function expireDead(kysely: Kysely<StoreSchema>): Promise<void> {
  const running = await kysely
    .selectFrom('run')
    .select('worker')
    .distinct()
    .where('state', '=', 'running')
    .execute();
  const dead = running.flatMap(({ worker }) => (worker !== null && isDead(worker) ? [worker] : []));
  if (dead.length === 0) return;
  await kysely
    .updateTable('run')
    .set({ lease: 0 })
    .where('worker', 'in', dead)
    .where('state', '=', 'running')
    .execute();
}

function isDead(worker: string): boolean {
  const [host, pid] = worker.split('/');
  if (host !== hostname() || worker === SELF) return false;
  // Our own number, but not our signature: it belonged to a process before us.
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
