import { type CombinerDefinition, definePlugin, type Plugin } from '@scalpel/core';
import { aGemDefinition } from './a-gem.ts';
import { alignedMtlDefinition } from './aligned-mtl.ts';
import { cagradDefinition } from './cagrad.ts';
import { configDefinition } from './config.ts';
import { constantDefinition } from './constant.ts';
import { cosineSimilarityDefinition } from './cosine-similarity.ts';
import { cosmosDefinition } from './cosmos.ts';
import { crMogmDefinition } from './cr-mogm.ts';
import { dbMtlDefinition } from './db-mtl.ts';
import { dualprojDefinition } from './dualproj.ts';
import { dwaDefinition } from './dwa.ts';
import { dynamicBarrierDefinition } from './dynamic-barrier.ts';
import { epoDefinition } from './epo.ts';
import { fairgradDefinition } from './fairgrad.ts';
import { famoDefinition } from './famo.ts';
import { geometricMeanDefinition } from './geometric-mean.ts';
import { graddropDefinition } from './graddrop.ts';
import { gradnormDefinition } from './gradnorm.ts';
import { gradvacDefinition } from './gradvac.ts';
import { imtlGDefinition } from './imtl-g.ts';
import { imtlLDefinition } from './imtl-l.ts';
import { krumDefinition } from './krum.ts';
import { meanDefinition } from './mean.ts';
import { medianDefinition } from './median.ts';
import { metabalanceDefinition } from './metabalance.ts';
import { mgdaDefinition } from './mgda.ts';
import { mixedDefinition } from './mixed.ts';
import { mocoDefinition } from './moco.ts';
import { modoDefinition } from './modo.ts';
import { multiplierDefinition } from './multiplier.ts';
import { nashMtlDefinition } from './nash-mtl.ts';
import { pbiDefinition } from './pbi.ts';
import { pcdDefinition } from './pcd.ts';
import { pcgradDefinition } from './pcgrad.ts';
import { randomDefinition } from './random.ts';
import { rlwDefinition } from './rlw.ts';
import { sdmgradDefinition } from './sdmgrad.ts';
import { stchDefinition } from './stch.ts';
import { sumDefinition } from './sum.ts';
import { trimmedMeanDefinition } from './trimmed-mean.ts';
import { uncertaintyDefinition } from './uncertainty.ts';
import { upgradDefinition } from './upgrad.ts';

export { aGem } from './a-gem.ts';
export { type AlignedMtlOptions, alignedMtl } from './aligned-mtl.ts';
export { type CagradOptions, cagrad } from './cagrad.ts';
export { type ConfigOptions, config, type MomentumOptions } from './config.ts';
export { type ConstantOptions, constant } from './constant.ts';
export { cosineSimilarity } from './cosine-similarity.ts';
export { type CosmosOptions, cosmos } from './cosmos.ts';
export type { CrMogmOptions } from './cr-mogm.ts';
export { type DbMtlOptions, dbMtl } from './db-mtl.ts';
export { type DualprojOptions, dualproj } from './dualproj.ts';
export { type DwaOptions, dwa } from './dwa.ts';
export { type BarrierOptions, type DynamicBarrierOptions, dynamicBarrier } from './dynamic-barrier.ts';
export { type EpoOptions, epo } from './epo.ts';
export { type FairgradOptions, fairgrad } from './fairgrad.ts';
export { type FamoOptions, famo } from './famo.ts';
export { geometricMean } from './geometric-mean.ts';
export { type GraddropOptions, graddrop } from './graddrop.ts';
export { type GradnormOptions, gradnorm } from './gradnorm.ts';
export { type GradvacOptions, gradvac } from './gradvac.ts';
export { imtlG } from './imtl-g.ts';
export { type ImtlLOptions, imtlL } from './imtl-l.ts';
export { type KrumOptions, krum } from './krum.ts';
export { mean } from './mean.ts';
export { median } from './median.ts';
export { type MetabalanceOptions, metabalance } from './metabalance.ts';
export { type MgdaOptions, mgda } from './mgda.ts';
export { type MixedOptions, mixed } from './mixed.ts';
export { type MocoOptions, moco } from './moco.ts';
export { type ModoOptions, modo } from './modo.ts';
export { type MultiplierOptions, multiplier } from './multiplier.ts';
export { type NashMtlOptions, nashMtl } from './nash-mtl.ts';
export type { PerObjective } from './parts/per-objective.ts';
export type { Preference } from './parts/preference.ts';
export type { AverageOptions } from './parts/two-levels.ts';
export { type PbiOptions, pbi } from './pbi.ts';
export { type PcdOptions, pcd } from './pcd.ts';
export { type PcgradOptions, pcgrad } from './pcgrad.ts';
export { random } from './random.ts';
export { rlw } from './rlw.ts';
export { type SdmgradOptions, sdmgrad } from './sdmgrad.ts';
export { type StchOptions, stch } from './stch.ts';
export { sum } from './sum.ts';
export { type TrimmedMeanOptions, trimmedMean } from './trimmed-mean.ts';
export { type UncertaintyOptions, uncertainty } from './uncertainty.ts';
export { type UpgradOptions, upgrad } from './upgrad.ts';

const methods: readonly CombinerDefinition[] = [
  // Fixed and random weights.
  mixedDefinition,
  meanDefinition,
  sumDefinition,
  constantDefinition,
  randomDefinition,
  // Weights from losses.
  uncertaintyDefinition,
  imtlLDefinition,
  dwaDefinition,
  rlwDefinition,
  geometricMeanDefinition,
  stchDefinition,
  cosmosDefinition,
  pbiDefinition,
  famoDefinition,
  multiplierDefinition,
  // Coefficients from inner products.
  mgdaDefinition,
  pcgradDefinition,
  gradvacDefinition,
  cagradDefinition,
  imtlGDefinition,
  nashMtlDefinition,
  fairgradDefinition,
  alignedMtlDefinition,
  dualprojDefinition,
  upgradDefinition,
  configDefinition,
  epoDefinition,
  gradnormDefinition,
  krumDefinition,
  // The same on levels of priority.
  dynamicBarrierDefinition,
  pcdDefinition,
  metabalanceDefinition,
  aGemDefinition,
  cosineSimilarityDefinition,
  // With remembered rows, or several batches.
  mocoDefinition,
  dbMtlDefinition,
  modoDefinition,
  sdmgradDefinition,
  // On single elements.
  graddropDefinition,
  trimmedMeanDefinition,
  medianDefinition,
];

export const plugin: Plugin = definePlugin({
  name: '@scalpel/baselines',
  combiners: [...methods, crMogmDefinition(methods)],
});
