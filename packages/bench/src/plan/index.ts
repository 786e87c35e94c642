export { canonicalJson, hashOf, type Json } from './canonical.ts';
export { type ChosenSetting, planChosen, type WeightsOf } from './chosen.ts';
export { type PlanOptions, planSuite } from './plan.ts';
export type { Plan, PlannedEntry, PlannedMethod, PlannedPoint, PlannedRun } from './planned.ts';
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
export type { Range, Search, Tuning, Values } from './tuning.ts';
