import { definePlugin, type Plugin } from '@scalpel/core';
import { bloopDefinition } from './bloop.ts';
import { bloopAverageDefinition } from './bloop-average.ts';

export { type BloopOptions, bloop } from './bloop.ts';
export { type BloopAverageOptions, bloopAverage } from './bloop-average.ts';

export const plugin: Plugin = definePlugin({
  name: '@scalpel/bloop',
  combiners: [bloopDefinition, bloopAverageDefinition],
});
