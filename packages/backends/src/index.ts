import { definePlugin, type Plugin } from '@scalpel/core';
import { cpu } from './cpu.ts';
import { wasm } from './wasm/definition.ts';

export { startCpu } from './cpu.ts';
export { startWasm } from './wasm/start.ts';

export const plugin: Plugin = definePlugin({ name: '@scalpel/backends', backends: [wasm, cpu] });
