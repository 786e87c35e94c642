import type { StoreOptions } from './contract.ts';
import type { Patience } from './explained.ts';

/** Of who uses a server that was there. */
export function patienceOf({ patience = 300_000, signal, onWait }: StoreOptions): Patience {
  return { limit: patience, signal, onWait };
}
