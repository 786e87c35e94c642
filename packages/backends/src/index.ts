import { definePlugin, type Plugin } from '@scalpel/core';
import { backends } from './definitions.ts';

export { type BackendChoice, type BackendName, chooseBackend, findBackend } from './choose.ts';
export { startCpu } from './cpu.ts';
export { startNode, startNodeGpu } from './node/definition.ts';
export { startWasm } from './wasm/start.ts';
export { startWebgl } from './webgl.ts';
export { startWebgpu } from './webgpu/start.ts';

export const plugin: Plugin = definePlugin({ name: '@scalpel/backends', backends });
