export { addressProblem, checkAddress, driverAddress, isPostgres, withoutSecrets } from './address.ts';
export type { Claim, Store, StoreOptions } from './contract.ts';
export { type DamagedRecordError, LostRunError, LostStoreError } from './errors.ts';
export { explained } from './explained.ts';
export { hasStore, openStore } from './open.ts';
export { patienceOf } from './patience.ts';
export { writeWhole } from './write-whole.ts';
