import { type ExpressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import { canonicalJson } from '../plan/index.ts';
import type { Claim, Store } from './contract.ts';
import type { StoreSchema } from './rows.ts';
import { isDead } from './signature.ts';

/**
 * The number of processes that may die while they hold a run. After that, the run itself is taken as the
 * cause.
 */
const DEATHS = 3;

/** The runs that a store holds, under its signature. */
export interface Claims extends Pick<Store, 'claim' | 'renew' | 'release'> {
  /** Tells that the run has its outcome. */
  ended(key: string): void;
}

/**
 * Makes the claims of a store. `lease` is the duration of a claim in milliseconds; `now` is the database's
 * clock.
 */
export function createClaims(
  kysely: Kysely<StoreSchema>,
  self: string,
  lease: number,
  now: RawBuilder<number>,
): Claims {
  const held = new Set<string>();
  const until = sql<number>`${now} + ${lease}`;
  return {
    async claim({ key, spec }): Promise<Claim> {
      const claim = { state: 'running', worker: self, lease: until } as const;
      const lost = sql<number>`case when run.state <> 'running' then 0 when run.lease < ${now} then run.lost + 1 else run.lost end`;
      const isFree = (is: ExpressionBuilder<StoreSchema, 'run'>) =>
        is.or([
          is('run.state', '=', 'failed'),
          is.and([is('run.state', '=', 'running'), is('run.lease', '<', now)]),
          // An earlier request may have been granted although its answer was lost.
          ...(held.has(key) ? [] : [is.and([is('run.state', '=', 'running'), is('run.worker', '=', self)])]),
        ]);
      const taken = await kysely
        .insertInto('run')
        .values({ key, spec: canonicalJson(spec), ...claim })
        .onConflict((conflict) =>
          conflict
            .column('key')
            .doUpdateSet({ ...claim, lost })
            .where(isFree),
        )
        .returning('lost')
        .executeTakeFirst();
      if (taken) {
        held.add(key);
        return taken.lost < DEATHS ? 'yours' : 'deadly';
      }
      const row = await kysely.selectFrom('run').select('state').where('key', '=', key).executeTakeFirst();
      return row === undefined || row.state === 'running' ? 'held' : 'ended';
    },

    async renew() {
      await kysely
        .updateTable('run')
        .set({ lease: until })
        .where('worker', '=', self)
        .where('state', '=', 'running')
        .execute();
    },

    async release(key) {
      await kysely
        .deleteFrom('run')
        .where('key', '=', key)
        .where('worker', '=', self)
        .where('state', '=', 'running')
        .execute();
      held.delete(key);
    },

    ended: (key) => void held.delete(key),
  };
}

/**
 * Frees the runs of processes on this machine that have died. Others can take them at once, without waiting
 * for the lease to end.
 */
export async function expireDead(kysely: Kysely<StoreSchema>): Promise<void> {
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
