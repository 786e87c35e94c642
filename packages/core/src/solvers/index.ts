export { certifyMinimumNorm, type MinimumNorm, minimumNorm } from './minimum-norm.ts';
export {
  minimizeNonnegative,
  type NonnegativeSolution,
  type NonnegativeSolver,
  nonnegativeSolver,
} from './nonnegative.ts';
export { type UnitRows, unitRows } from './unit-rows.ts';
