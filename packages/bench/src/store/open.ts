import { existsSync } from 'node:fs';
import { checkAddress, isPostgres } from './address.ts';
import type { Store, StoreOptions } from './contract.ts';

/**
 * Opens the store in a SQLite file or at `postgres://…`, and makes it if it does not exist. Throws for
 * anything that is not a store, and leaves it as it is.
 */
export async function openStore(address: string, options: StoreOptions = {}): Promise<Store> {
  checkAddress(address);
  // Each kind is imported only when it is used: users of one need not load the driver of the other.
  if (isPostgres(address)) return (await import('./postgres.ts')).openPostgresStore(address, options);
  return (await import('./sqlite.ts')).openSqliteStore(address, options);
}

/** True if a store exists at this address. */
export async function hasStore(address: string): Promise<boolean> {
  checkAddress(address);
  if (!isPostgres(address)) return existsSync(address);
  return (await import('./postgres.ts')).postgresHasStore(address);
}
