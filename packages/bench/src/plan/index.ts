export { canonicalJson, hashOf, type Json } from './canonical.ts';
export {
  type Plan,
  type PlannedEntry,
  type PlannedMethod,
  type PlannedPoint,
  type PlannedRun,
  type PlanOptions,
  planSuite,
} from './plan.ts';
export type { RunSpec } from './spec.ts';
export {
  type Axis,
  checkSuite,
  defineSuite,
  type Method,
  type Options,
  type PriceRule,
  type Suite,
  type SuiteEntry,
  type SuiteMap,
} from './suite.ts';
export type { Toolkit } from './toolkit.ts';
