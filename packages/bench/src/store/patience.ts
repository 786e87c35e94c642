import type { StoreOptions } from './contract.ts';
import type { Patience } from './explained.ts';

/** The patience with a server that was reached before. */
export function patienceOf({ patience = 300_000, signal, onWait }: StoreOptions): Patience {
  return { limit: patience, signal, onWait };
}
