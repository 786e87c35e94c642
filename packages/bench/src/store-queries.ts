import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Kysely, sql } from 'kysely';
import { canonicalJson } from './canonical.ts';
import type { RunRecord } from './record.ts';
import type { Store } from './store.ts';
import { explained, LostRunError } from './store-errors.ts';
import { columnsOf, recordOf, type StoreSchema } from './store-rows.ts';

/** This process, as it signs its claims: others on this machine can tell from it whether it still lives. */
export const SELF: string = `${hostname()}/${process.pid}/${randomUUID()}`;

/** Bound parameters of one statement are limited: to 32,766 by SQLite, to 65,535 by PostgreSQL. */
const BATCH = 5_000;

/** So many processes may die while they hold a run; then it is the run that kills them. */
const DEATHS = 3;

export interface StoreSetup {
  /** For messages. */
  readonly address: string;
  readonly lease?: number | undefined;
  /** Milliseconds since 1970, the same for all who use the store. */
  readonly clock?: () => number;
}

/** A store over tables that are there. */
export function createStore(kysely: Kysely<StoreSchema>, setup: StoreSetup): Store {
  const { address, lease = 60_000, clock = () => Date.now() } = setup;
  const run = <Value>(work: () => Promise<Value>) => explained(address, work);

  return {
    renewal: lease / 3,

    claim: ({ key, spec }) =>
      run(async () => {
        const now = clock();
        const held = { state: 'running', worker: SELF, lease: now + lease } as const;
        const taken = await kysely
          .insertInto('run')
          .values({ key, spec: canonicalJson(spec), ...held })
          .onConflict((conflict) =>
            conflict
              .column('key')
              .doUpdateSet({
                ...held,
                lost: sql<number>`case when run.state = 'running' then run.lost + 1 else 0 end`,
              })
              .where((is) =>
                is.or([
                  is('run.state', '=', 'failed'),
                  is.and([is('run.state', '=', 'running'), is('run.lease', '<', now)]),
                ]),
              ),
          )
          .returning('lost')
          .executeTakeFirst();
        if (taken) return taken.lost < DEATHS ? 'yours' : 'deadly';
        const row = await kysely.selectFrom('run').select('state').where('key', '=', key).executeTakeFirst();
        return row === undefined || row.state === 'running' ? 'held' : 'ended';
      }),

    renew: () =>
      run(async () => {
        await kysely
          .updateTable('run')
          .set({ lease: clock() + lease })
          .where('worker', '=', SELF)
          .where('state', '=', 'running')
          .execute();
      }),

    release: (key) =>
      run(async () => {
        await kysely
          .deleteFrom('run')
          .where('key', '=', key)
          .where('worker', '=', SELF)
          .where('state', '=', 'running')
          .execute();
      }),

    saveCheckpoint: (key, environment, state) =>
      run(async () => {
        await kysely.transaction().execute(async (transaction) => {
          const { numUpdatedRows } = await transaction
            .updateTable('run')
            // It gets on: whoever died, the run is not what kills them.
            .set({ lost: 0 })
            .where('key', '=', key)
            .where('worker', '=', SELF)
            .where('state', '=', 'running')
            .executeTakeFirstOrThrow();
          if (numUpdatedRows !== 1n) throw new LostRunError(key, 'checkpoint');
          const kept = { environment: canonicalJson(environment), state };
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
          .select('state')
          .where('key', '=', key)
          .where('environment', '=', canonicalJson(environment))
          .executeTakeFirst();
        return row?.state ?? null;
      }),

    finish: (record) =>
      run(async () => {
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
              cost: record.cost === undefined ? null : canonicalJson(record.cost),
            })
            .where('key', '=', key)
            .where('worker', '=', SELF)
            .where('state', '=', 'running')
            .executeTakeFirstOrThrow();
          if (numUpdatedRows !== 1n) throw new LostRunError(key, 'outcome');
          await transaction.deleteFrom('checkpoint').where('key', '=', key).execute();
          const rows = Object.entries(metrics).map(([name, value]) => ({ run: key, name, value }));
          for (let start = 0; start < rows.length; start += BATCH) {
            await transaction
              .insertInto('metric')
              .values(rows.slice(start, start + BATCH))
              .execute();
          }
        });
      }),

    records: (keys) =>
      run(async () => {
        const found = new Map<string, RunRecord>();
        for (let start = 0; start < keys.length; start += BATCH) {
          const batch = keys.slice(start, start + BATCH);
          const runs = await kysely
            .selectFrom('run')
            .selectAll()
            .where('key', 'in', batch)
            .where('state', '!=', 'running')
            .execute();
          const metrics = await kysely.selectFrom('metric').selectAll().where('run', 'in', batch).execute();
          const byRun = Map.groupBy(metrics, ({ run }) => run);
          for (const run of runs) found.set(run.key, recordOf(run, byRun.get(run.key) ?? []));
        }
        return keys.flatMap((key) => found.get(key) ?? []);
      }),

    close: () => kysely.destroy(),
  };
}
