/** The passes over the rows of a step, and the contract of a backend's own kernels for them. */
export { byOperations } from './by-operations.ts';
export { exponentOf, HalfTensor, LEAST_EXPONENT } from './half-tensor.ts';
export { halved } from './halved.ts';
export {
  type Column,
  type Combination,
  type InnerProducts,
  type Row,
  type RowKernels,
  registerRowKernels,
  type StoredRow,
} from './kernels.ts';
export { combinations, innerProducts, NonFiniteRow } from './rows.ts';
