export { type NearestPoint, nearestInHalfSpaces } from './half-spaces.ts';
export { type MinimumNorm, minimumNorm } from './minimum-norm.ts';
export {
  type NonnegativeSolution,
  type NonnegativeSolver,
  nonnegativeSolver,
} from './nonnegative.ts';
export { type UnitRows, unitRows } from './unit-rows.ts';
