import { definePlugin, type Plugin } from '@scalpel/core';
import { cpu } from './cpu.ts';
import { wasm } from './wasm/definition.ts';
import { webgpu } from './webgpu/definition.ts';

export { startCpu } from './cpu.ts';
export { startWasm } from './wasm/start.ts';
export { startWebgpu } from './webgpu/start.ts';

export const plugin: Plugin = definePlugin({ name: '@scalpel/backends', backends: [wasm, webgpu, cpu] });
