import { type ExpressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import { canonicalJson } from '../plan/index.ts';
import type { Claim, Store } from './contract.ts';
import type { StoreSchema } from './rows.ts';
import { isDead } from './signature.ts';

/** So many processes may die while they hold a run; then it is the run that kills them. */
const DEATHS = 3;

/** Runs that a store holds, under its signature. */
export interface Claims extends Pick<Store, 'claim' | 'renew' | 'release'> {
  /** The run has its outcome. */
  ended(key: string): void;
}

/** `lease`: how long a claim lasts, in milliseconds; `now`: the database's clock. */
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
          // Granted before, but the answer did not come through.
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

/** Runs whose process on this machine has died can go on at once, instead of when their lease ends. */
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
