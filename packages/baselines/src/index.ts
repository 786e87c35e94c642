import { definePlugin, type Plugin } from '@scalpel/core';
import { cagradDefinition } from './cagrad.ts';
import { dualprojDefinition } from './dualproj.ts';
import { dynamicBarrierDefinition } from './dynamic-barrier.ts';
import { meanDefinition } from './mean.ts';
import { mgdaDefinition } from './mgda.ts';
import { mixedDefinition } from './mixed.ts';
import { pcgradDefinition } from './pcgrad.ts';
import { sumDefinition } from './sum.ts';
import { upgradDefinition } from './upgrad.ts';

export { type CagradOptions, cagrad } from './cagrad.ts';
export { type DualprojOptions, dualproj } from './dualproj.ts';
export { type DynamicBarrierOptions, dynamicBarrier } from './dynamic-barrier.ts';
export { mean } from './mean.ts';
export { mgda } from './mgda.ts';
export { type MixedOptions, mixed } from './mixed.ts';
export { type PcgradOptions, pcgrad } from './pcgrad.ts';
export type { Preference } from './preference.ts';
export { sum } from './sum.ts';
export type { AverageOptions } from './two-levels.ts';
export { type UpgradOptions, upgrad } from './upgrad.ts';

export const plugin: Plugin = definePlugin({
  name: '@scalpel/baselines',
  combiners: [
    mixedDefinition,
    meanDefinition,
    sumDefinition,
    dynamicBarrierDefinition,
    pcgradDefinition,
    mgdaDefinition,
    dualprojDefinition,
    upgradDefinition,
    cagradDefinition,
  ],
});
