export type { Anchor, Comparison } from './comparison.ts';
export type { Cost } from './cost.ts';
export { type HeatCell, type HeatMap, heatMapsOf } from './heat-map.ts';
export { type Board, createLeaderboard, type Leaderboard, type Row, type Trouble } from './leaderboard.ts';
export { type Corner, isOnCurve, type Mark, planeOf, type Side, sideOf } from './plane.ts';
export { chosenSettings } from './price/choices.ts';
export { BUDGETS } from './price/choose.ts';
export type {
  Choice,
  LowerPrice,
  LowerPriceAt,
  Price,
  PriceAt,
  PricedMethod,
  Tested,
  Unpriced,
} from './price/price.ts';
export type { Verdict } from './price/verdict.ts';
export {
  isComplete,
  meansOver,
  type Score,
  type Scored,
  type Setting,
  type Split,
  scoredOn,
} from './score.ts';
export { settlePlan } from './settle.ts';
export { type Panel, type Trajectories, trajectoriesOf } from './trajectories.ts';
export type { Tried } from './tried.ts';
export type { Volume } from './volume.ts';
