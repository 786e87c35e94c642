export { minimizeByEnumeration } from './enumerate.ts';
export { type BankMatrix, matrixBank } from './matrices.ts';
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
