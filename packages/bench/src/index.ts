export type { Estimate, Interval } from './bootstrap.ts';
export type { Json } from './canonical.ts';
export { changedCode, rememberCode } from './code.ts';
export type { Anchor, Comparison } from './comparison.ts';
export type { Cost } from './cost.ts';
export {
  generationalDistance,
  invertedGenerationalDistance,
  invertedGenerationalDistancePlus,
} from './front-distance.ts';
export { type HeatCell, type HeatMap, heatMapsOf } from './heat-map.ts';
export { hypervolume } from './hypervolume.ts';
export type { Tally } from './lanes.ts';
export { type Board, createLeaderboard, type Leaderboard, type Row, type Trouble } from './leaderboard.ts';
export type { Limits } from './limits.ts';
export type { MeanRanks } from './mean-ranks.ts';
export { deltaM, dominanceShare, lowestMain, mixedLoss, nonDominated, weaklyDominates } from './metrics.ts';
export { hasStore, openStore } from './open-store.ts';
export {
  type Plan,
  type PlannedEntry,
  type PlannedMethod,
  type PlannedPoint,
  type PlannedRun,
  type PlanOptions,
  planSuite,
} from './plan.ts';
export type { Losses, Point } from './points.ts';
export { openQueue, type RunQueue } from './queue.ts';
export type { Path } from './record.ts';
export {
  type Environment,
  fromJsonLines,
  type Outcome,
  type RunCost,
  type RunRecord,
  toJsonLines,
} from './record.ts';
export { renderJson, renderMarkdown, renderOverview, renderText } from './report.ts';
export { executeRun, type Progress, type RunResult } from './run.ts';
export type { Score, Setting, Split } from './score.ts';
export { serveRuns } from './serve.ts';
export { type ServeEvent, type ServeOptions, serveQueue, sweepShared } from './shared-sweep.ts';
export type { RunSpec } from './spec.ts';
export type { Claim, Store, StoreOptions } from './store.ts';
export { addressProblem, isPostgres, withoutSecrets } from './store-address.ts';
export {
  type Axis,
  checkSuite,
  defineSuite,
  type Method,
  type Options,
  type Suite,
  type SuiteEntry,
  type SuiteMap,
} from './suite.ts';
export { type SweepEvent, type SweepOptions, type SweepResult, sweep } from './sweep.ts';
export type { Toolkit } from './toolkit.ts';
export { type Panel, type Trajectories, trajectoriesOf } from './trajectories.ts';
export type { WorkerEntry } from './worker-process.ts';
export { writeWhole } from './write-file.ts';
