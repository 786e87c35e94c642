import { definePlugin, type Plugin } from '@scalpel/core';
import { bloopDefinition } from './bloop.ts';

export { type BloopOptions, bloop } from './bloop.ts';

export const plugin: Plugin = definePlugin({ name: '@scalpel/bloop', combiners: [bloopDefinition] });
