import { hostname } from 'node:os';
import { Kysely, SqliteDialect } from 'kysely';
import { sqliteDriver } from './sqlite-driver.ts';
import type { Store, StoreOptions } from './store.ts';
import { explained } from './store-errors.ts';
import { openStoreFile } from './store-file.ts';
import { createStore, SELF } from './store-queries.ts';
import type { StoreSchema } from './store-rows.ts';
import { mayWrite } from './store-unwritable.ts';

export function openSqliteStore(file: string, { lease, patience }: StoreOptions): Promise<Store> {
  return explained(file, async () => {
    const database = new SqliteDialect({ database: sqliteDriver(openStoreFile(file, patience)) });
    const kysely = new Kysely<StoreSchema>({ dialect: database });
    if (mayWrite(file)) await expireDead(kysely);
    return createStore(kysely, { address: file, lease });
  });
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
