import { definePlugin, type Plugin } from '@scalpel/core';
import { dynamicBarrierDefinition } from './dynamic-barrier.ts';
import { meanDefinition } from './mean.ts';
import { mgdaDefinition } from './mgda.ts';
import { mixedDefinition } from './mixed.ts';
import { pcgradDefinition } from './pcgrad.ts';
import { sumDefinition } from './sum.ts';

export { type DynamicBarrierOptions, dynamicBarrier } from './dynamic-barrier.ts';
export { mean } from './mean.ts';
export { mgda } from './mgda.ts';
export { type MixedOptions, mixed } from './mixed.ts';
export { type PcgradOptions, pcgrad } from './pcgrad.ts';
export { sum } from './sum.ts';
export type { AverageOptions } from './two-levels.ts';

export const plugin: Plugin = definePlugin({
  name: '@scalpel/baselines',
  combiners: [
    mixedDefinition,
    meanDefinition,
    sumDefinition,
    dynamicBarrierDefinition,
    pcgradDefinition,
    mgdaDefinition,
  ],
});
