export { addressProblem, checkAddress, driverAddress, isPostgres, withoutSecrets } from './address.ts';
export type { Claim, Store, StoreOptions } from './contract.ts';
export { type DamagedRecordError, explained, LostRunError, LostStoreError } from './errors.ts';
export { hasStore, openStore } from './open.ts';
export { patienceOf } from './patience.ts';
export { writeWhole } from './write-whole.ts';
