/** The passes over the rows of a step, and the contract of a backend's own kernels for them. */
export { byOperations } from './by-operations.ts';
export { squaredDistances } from './distances.ts';
export * from './kernels.ts';
export { combinations, innerProducts, NonFiniteRow } from './rows.ts';
