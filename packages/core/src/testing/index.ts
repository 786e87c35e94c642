export { type ConformanceOptions, describeCombiner } from './describe-combiner.ts';
export { minimizeByEnumeration } from './enumerate.ts';
export type { Subject } from './layouts.ts';
export { type BankMatrix, matrixBank } from './matrices.ts';
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
