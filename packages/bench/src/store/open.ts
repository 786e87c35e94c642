import { existsSync } from 'node:fs';
import { checkAddress, isPostgres } from './address.ts';
import type { Store, StoreOptions } from './contract.ts';

/**
 * Opens the store in a SQLite file or at `postgres://…`; it is made if it is not there. Throws for what is not a store, and leaves it as it is.
 */
export async function openStore(address: string, options: StoreOptions = {}): Promise<Store> {
  checkAddress(address);
  // Each on demand: whoever uses the one does not wait for the driver of the other.
  if (isPostgres(address)) return (await import('./postgres.ts')).openPostgresStore(address, options);
  return (await import('./sqlite.ts')).openSqliteStore(address, options);
}

/** Whether a store has been made there. */
export async function hasStore(address: string): Promise<boolean> {
  checkAddress(address);
  if (!isPostgres(address)) return existsSync(address);
  return (await import('./postgres.ts')).postgresHasStore(address);
}
