/** The passes over the rows of a step, and the contract of a backend's own kernels for them. */
export { byOperations } from './by-operations.ts';
export {
  type Column,
  type Combination,
  type InnerProducts,
  type Row,
  type RowKernels,
  registerRowKernels,
} from './kernels.ts';
export { combinations, innerProducts, NonFiniteRow } from './rows.ts';
