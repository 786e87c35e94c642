import { DatabaseSync } from 'node:sqlite';
import { Kysely, SqliteDialect } from 'kysely';
import { expect, test } from 'vitest';
import { sqliteDriver } from './sqlite-driver.ts';

test('a transaction that SQLite has ended itself, as on a full disk, fails for that reason, and the next one works', async () => {
  const database = new DatabaseSync(':memory:');
  database.exec('create table t (x text); pragma max_page_count = 4');
  const kysely = new Kysely<{ t: { x: string } }>({
    dialect: new SqliteDialect({ database: sqliteDriver(database) }),
  });
  const insert = (x: string) =>
    kysely.transaction().execute((transaction) => transaction.insertInto('t').values({ x }).execute());
  await expect(insert('x'.repeat(1e6))).rejects.toThrow('database or disk is full');
  await insert('small');
  expect(await kysely.selectFrom('t').select('x').execute()).toEqual([{ x: 'small' }]);
  await kysely.destroy();
});
