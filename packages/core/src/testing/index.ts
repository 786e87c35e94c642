export { contract } from './contract.ts';
export { type ConformanceOptions, describeCombiner } from './describe-combiner.ts';
export { minimizeByEnumeration } from './enumerate.ts';
export { guarantees } from './guarantees.ts';
export { type BankMatrix, matrixBank } from './matrices.ts';
export type { Subject } from './problems.ts';
export { training } from './training.ts';
export {
  combineVectors,
  dot,
  gradients,
  project,
  relativeError,
  sum,
  type Vector,
  withPriorities,
} from './vectors.ts';
