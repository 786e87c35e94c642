import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openStoreFile } from '../store/file.ts';
import { temporaryFolder } from './folder.ts';
import { execute, hasPostgres, type Postgres, startPostgres } from './postgres.ts';

/** A database on this machine that can hold a store. */
interface Database {
  readonly name: string;
  /** The address of a new store. */
  address(): Promise<string>;
  /** The rows of a statement, read without the store. */
  query(address: string, statement: string): Promise<readonly unknown[]>;
}

let postgres: Postgres | undefined;

const sqlite: Database = {
  name: 'SQLite',
  address: async () => join(temporaryFolder(), 'results.sqlite'),
  async query(address, statement) {
    const database = openStoreFile(address);
    try {
      return database.prepare(statement).all();
    } finally {
      database.close();
    }
  },
};

const server: Database = {
  name: 'PostgreSQL',
  address: () => postgres!.database(),
  query: (address, statement) =>
    execute(address, statement.replace(/(?<=update |from )(?=run|metric|checkpoint)/, 'scalpel.')),
};

export const databases: readonly Database[] = hasPostgres ? [sqlite, server] : [sqlite];

beforeAll(async () => {
  if (hasPostgres) postgres = await startPostgres();
});
afterAll(() => postgres?.stop());
