export { bootstrap, bootstrapAll, type Estimate, type Interval, meanEstimate, meanOf } from './bootstrap.ts';
export {
  generationalDistance,
  invertedGenerationalDistance,
  invertedGenerationalDistancePlus,
} from './front-distance.ts';
export { hypervolume } from './hypervolume.ts';
export { alikeIn, type MeanRanks, meanRanks, someDiffer } from './mean-ranks.ts';
export {
  deltaM,
  dominanceShare,
  lowestMain,
  mixedLoss,
  mixedLosses,
  nonDominated,
  weaklyDominates,
} from './metrics.ts';
export { corrected, type PairedDifference, pairedDifference } from './paired-difference.ts';
export { leastP } from './paired-test.ts';
export type { Losses, Point } from './points.ts';
