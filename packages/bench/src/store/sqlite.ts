import { Kysely, SqliteDialect, sql } from 'kysely';
import type { RunRecord } from '../records/index.ts';
import { expireDead } from './claims.ts';
import type { Store, StoreOptions } from './contract.ts';
import { createStore } from './create-store.ts';
import { LostStoreError } from './errors.ts';
import { explained, isDamage } from './explained.ts';
import { lookAt, openStoreFile } from './file.ts';
import { watchFile } from './file-watch.ts';
import { sqliteIndexes } from './hidden-rows.ts';
import { rescue } from './rescue.ts';
import type { StoreSchema } from './rows.ts';
import { sqliteDriver } from './sqlite-driver.ts';
import { mayWrite } from './unwritable.ts';

const now = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;

export function openSqliteStore(file: string, { lease, patience }: StoreOptions): Promise<Store> {
  return explained(file, async () => {
    const kysely = over(openStoreFile(file, patience));
    const watch = watchFile(file);
    const seen = new Map<string, RunRecord>();
    let lost: Promise<LostStoreError> | undefined;

    async function run<Value>(work: () => Promise<Value>): Promise<Value> {
      if (lost) throw await lost;
      try {
        return await explained(file, work);
      } catch (error) {
        // The error of a database rarely says that its file is gone.
        const problem = watch.problem() ?? problemIn(error, seen.size > 0);
        if (problem === null) throw error;
        lost ??= rescue(file, kysely, [...seen.values()]).then(
          (next) => new LostStoreError(file, problem, next),
        );
        throw await lost;
      }
    }

    if (mayWrite(file)) await expireDead(kysely);
    const store = createStore({
      kysely,
      address: file,
      lease,
      now,
      run,
      indexes: sqliteIndexes(file),
      async anew(work) {
        const problem = watch.problem();
        if (problem !== null) throw new Error(problem);
        const another = over(lookAt(file, patience));
        try {
          return await work(another);
        } finally {
          await another.destroy();
        }
      },
      seen: (record) => void seen.set(record.key, record),
    });
    return {
      ...store,
      async close() {
        await store.close();
        watch.end();
      },
    };
  });
}

/**
 * The problem that an error shows about a file at its path. A process that has read nothing from it loses
 * nothing by its damage.
 */
function problemIn(error: unknown, isInUse: boolean): string | null {
  if (error instanceof LostStoreError) return error.problem;
  const { cause } = error as Error;
  return isInUse && isDamage(cause) ? `the file was damaged (${(cause as Error).message})` : null;
}

function over(database: ReturnType<typeof openStoreFile>): Kysely<StoreSchema> {
  return new Kysely<StoreSchema>({ dialect: new SqliteDialect({ database: sqliteDriver(database) }) });
}
